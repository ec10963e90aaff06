(function () {
  function folder(style) {
    var url = /^url\((['"])?(.+)\1\)$/.exec(style);
    var path = url && /^(.*)marker-icon\.png$/.exec(url[2]);
    if (path) return path[1];
    var link = document.querySelector('link[href$="leaflet.css"]');
    return link ? link.href.substring(0, link.href.length - 'leaflet.css'.length) + 'images/' : '';
  }
  window.iconUrl = function (style) { return folder(style) + 'marker-icon.png'; };
})();
