# ruby sprockets_rails.rb SITE OUT: `assets:precompile` of every file into OUT/assets, with the defaults of sprockets-rails.
require "rails"
require "action_controller/railtie"
require "sprockets/railtie"

site, out = ARGV
class App < Rails::Application
  config.root = Dir.pwd
  config.eager_load = false
  config.secret_key_base = "0" * 64
  config.logger = Logger.new($stderr, level: Logger::WARN)
end
App.initialize!
assets = App.assets
assets.clear_paths
assets.append_path(site)
files = Dir.glob("**/*", base: site).select { |path| File.file?(File.join(site, path)) }
out = File.join(out, "assets")
Sprockets::Manifest.new(assets, out, File.join(out, "manifest.json")).compile(*files)
