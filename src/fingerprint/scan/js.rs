//! References of JavaScript, and the evidence in it that a name matters.
//!
//! The one module that touches oxc, whose API changes between minor versions.
//!
//! A reference is a specifier that only the module loader reads: static `import` and `export … from`, `import()` of a literal,
//! `new URL(literal, import.meta.url)`, `import.meta.resolve(literal)`, the comment naming the source map. Every other string may build a
//! URL or recognise one, and is a mention.
//!
//! Uses: oxc, collector, escape · Never: files, clock

use std::collections::BTreeSet;
use std::ops::Range;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, Comment, ExportAllDeclaration, ExportFromDeclaration, Expression,
    ImportDeclaration, ImportExpression, NewExpression, ObjectExpression, ObjectPropertyKind,
    RegExpLiteral, StringLiteral, TemplateElement, TemplateLiteral, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{SourceType, Span};

use super::collector::Collector;
use super::{
    depth,
    registered::{self, Registered},
    vite,
};
use crate::fingerprint::escape;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Mention, Pattern, Place, Searched, Unreadable};

/// What the text is to be parsed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// A classic script.
    Script,
    /// A module.
    Module,
    /// A file, whose importer decides.
    Either,
}

impl Goal {
    /// The goal for the script at `path`.
    pub(crate) fn of(path: &str) -> Self {
        if path
            .rsplit('.')
            .next()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("mjs"))
        {
            Self::Module
        } else {
            Self::Either
        }
    }

    fn source_type(self) -> SourceType {
        match self {
            Self::Script => SourceType::script(),
            Self::Module => SourceType::mjs(),
            Self::Either => SourceType::unambiguous(),
        }
    }
}

/// Finds the references in `text`.
pub(crate) fn scan(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    goal: Goal,
) -> Result<(), Unreadable> {
    with_stack(collector, text, goal, true)
}

/// Finds evidence in `text`, the value of an event attribute, and no references: it is not edited.
pub(crate) fn evidence(collector: &mut Collector<'_>, text: &Mapped<'_>) -> Result<(), Unreadable> {
    with_stack(collector, text, Goal::Script, false)
}

fn with_stack(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    goal: Goal,
    edits: bool,
) -> Result<(), Unreadable> {
    let source = text.text();
    if source.trim().is_empty() {
        return Ok(());
    }
    let needed = depth::stack_for(source).ok_or(Unreadable::TooDeep)?;
    // Where the stack at hand would not do: reserved address space, of which only what is used is ever backed by memory.
    stacker::maybe_grow(needed, needed, || parse(collector, text, goal, edits))
}

fn parse(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    goal: Goal,
    edits: bool,
) -> Result<(), Unreadable> {
    let source = text.text();
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        enable_ident_hashes: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, source, goal.source_type())
        .with_options(options)
        .parse();
    if parsed.panicked {
        if let Some(error) = parsed.diagnostics.errors().next().filter(|_| edits) {
            let at = error
                .labels
                .first()
                .map_or(0, |label| label.offset() as usize);
            collector.trouble(text.raw(at.min(source.len())), error.message.to_string());
        }
        return Err(Unreadable::Syntax);
    }
    let mut finder = Finder {
        collector,
        text,
        taken: BTreeSet::new(),
        edits,
    };
    finder.visit_program(&parsed.program);
    if let Some(range) = source_map(source, &parsed.program.comments).filter(|_| edits) {
        collector.url(&text.slice(range), Place::SourceMap);
    }
    Ok(())
}

struct Finder<'f, 's> {
    collector: &'f mut Collector<'s>,
    text: &'f Mapped<'f>,
    /// The starts of literals that are references, and therefore no mentions.
    taken: BTreeSet<u32>,
    /// May what is found be edited?
    edits: bool,
}

impl Finder<'_, '_> {
    /// The literal at `span`, quotes included, is a URL relative to the module.
    fn reference(&mut self, span: Span) {
        if !self.edits {
            return;
        }
        self.taken.insert(span.start);
        let raw = self.text.slice(inside(span));
        let url = escape::js(&raw);
        self.collector.url(&url, Place::Evaluated);
    }

    /// A module specifier: bare ones are the import map's affair.
    fn specifier(&mut self, span: Span, value: &str) {
        if is_url_like(value) {
            self.reference(span);
        } else {
            self.taken.insert(span.start);
        }
    }

    /// The first argument of something that takes a module's URL.
    fn specifier_expression(&mut self, expression: &Expression<'_>) {
        match literal_of(expression) {
            Some((span, value)) => self.specifier(span, value),
            None => self.computed(expression),
        }
    }

    /// A specifier that is put together at run time.
    fn computed(&mut self, expression: &Expression<'_>) {
        let (mut prefix, mut suffix) = (String::new(), String::new());
        ends(expression, &mut prefix, &mut suffix, 0);
        if is_url_like(&prefix) {
            self.collector.computed(&prefix, &suffix);
        }
    }

    /// `text.replace(searched, by)`.
    fn swap(&mut self, searched: Option<&Argument<'_>>, by: Option<&Argument<'_>>) {
        let (Some(searched), Some(by)) = (
            searched.and_then(Argument::as_expression),
            by.and_then(Argument::as_expression),
        ) else {
            return;
        };
        let searched = match searched.without_parentheses() {
            Expression::RegExpLiteral(literal) => Searched::Pattern(Pattern {
                source: literal.regex.pattern.text.to_string(),
                flags: literal.regex.flags.to_string(),
            }),
            other => {
                text_of(other).map_or(Searched::Unknown, |text| Searched::Text(text.to_owned()))
            }
        };
        self.collector.swap(searched, text_of(by));
    }

    /// `text.split(searched).join(by)`, which replaces all.
    fn split_and_join(&mut self, object: &Expression<'_>, by: Option<&Argument<'_>>) {
        if let Expression::CallExpression(split) = object.without_parentheses()
            && let Expression::StaticMemberExpression(member) = &split.callee
            && member.property.name == "split"
        {
            self.swap(split.arguments.first(), by);
        }
    }

    /// A call that may register a service worker.
    fn registration<'a>(&mut self, callee: &Expression<'a>, arguments: &[Argument<'a>]) {
        match registered::of(callee, arguments) {
            Some(Registered::OfDocument(url)) => self.collector.registered(url),
            Some(Registered::OfModule(url)) => self.collector.registered_beside(url),
            None => {}
        }
    }

    /// An argument by which a worker or a service worker is started: its URL is its identity.
    fn worker(&mut self, argument: Option<&Argument<'_>>) {
        let Some(argument) = argument.and_then(Argument::as_expression) else {
            return;
        };
        if let Expression::NewExpression(url) = argument {
            if let Some((span, value)) = url_of_module(url).and_then(literal_of) {
                self.taken.insert(span.start);
                self.collector.mention(value, Mention::Worker);
            }
        } else if let Some((_, value)) = literal_of(argument) {
            self.collector.mention(value, Mention::Worker);
        }
    }

    /// A text that code may build a URL from, compare one with, or make an expression of.
    fn string(&mut self, value: &str) {
        self.collector.mention(value, mention_kind(value));
        // `new RegExp("lib\\.js$")`
        self.collector.pattern_text(value);
    }
}

impl<'a> Visit<'a> for Finder<'_, '_> {
    fn visit_import_declaration(&mut self, declaration: &ImportDeclaration<'a>) {
        self.specifier(declaration.source.span, &declaration.source.value);
    }

    fn visit_export_from_declaration(&mut self, declaration: &ExportFromDeclaration<'a>) {
        self.specifier(declaration.source.span, &declaration.source.value);
    }

    fn visit_export_all_declaration(&mut self, declaration: &ExportAllDeclaration<'a>) {
        self.specifier(declaration.source.span, &declaration.source.value);
    }

    fn visit_import_expression(&mut self, expression: &ImportExpression<'a>) {
        self.specifier_expression(&expression.source);
        walk::walk_import_expression(self, expression);
    }

    fn visit_new_expression(&mut self, expression: &NewExpression<'a>) {
        self.registration(&expression.callee, &expression.arguments);
        if let Some(url) = url_of_module(expression) {
            match literal_of(url) {
                Some((span, _)) if self.taken.contains(&span.start) => {}
                // Relative to the module whatever it begins with: `new URL` knows no bare specifiers.
                Some((span, _)) => self.reference(span),
                None => self.computed(url),
            }
        } else if is_named(&expression.callee, &["Worker", "SharedWorker"])
            && !matches!(
                expression.arguments.first(),
                Some(Argument::NewExpression(_))
            )
        {
            self.worker(expression.arguments.first());
        }
        walk::walk_new_expression(self, expression);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.registration(&call.callee, &call.arguments);
        if let Expression::StaticMemberExpression(member) = &call.callee {
            match member.property.name.as_str() {
                "resolve" if is_import_meta(&member.object) => {
                    if let Some(specifier) =
                        call.arguments.first().and_then(Argument::as_expression)
                    {
                        self.specifier_expression(specifier);
                    }
                }
                "register" | "importScripts" | "addModule" => self.worker(call.arguments.first()),
                "replace" | "replaceAll" => {
                    self.swap(call.arguments.first(), call.arguments.get(1));
                }
                "join" => self.split_and_join(&member.object, call.arguments.first()),
                _ => {}
            }
        } else if is_named(&call.callee, &["importScripts"]) {
            for argument in &call.arguments {
                self.worker(Some(argument));
            }
        }
        walk::walk_call_expression(self, call);
    }

    /// `{url: 'index.html', revision: '…'}`: a service worker fetches the URL again only when the revision changes, and nobody will change
    /// it for an edit of ours.
    fn visit_object_expression(&mut self, object: &ObjectExpression<'a>) {
        if let (Some(url), Some(_)) = (
            string_property(object, "url"),
            string_property(object, "revision"),
        ) && let Some(target) = self.collector.target(url)
        {
            self.collector.lock(target);
        }
        walk::walk_object_expression(self, object);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if self.edits {
            for literal in vite::preloaded(declarator) {
                self.taken.insert(literal.span.start);
                let raw = self.text.slice(inside(literal.span));
                self.collector.preloaded(&escape::js(&raw));
            }
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        if !self.taken.contains(&literal.span.start) {
            self.string(&literal.value);
        }
    }

    fn visit_template_literal(&mut self, template: &TemplateLiteral<'a>) {
        if self.taken.contains(&template.span.start) {
            return;
        }
        match whole(template) {
            Some(value) => self.string(value),
            None => walk::walk_template_literal(self, template),
        }
    }

    fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
        let text = element.value.cooked.as_ref().unwrap_or(&element.value.raw);
        self.collector.mention(text, mention_kind(text));
    }

    fn visit_reg_exp_literal(&mut self, literal: &RegExpLiteral<'a>) {
        self.collector.pattern(
            &literal.regex.pattern.text,
            &literal.regex.flags.to_string(),
        );
    }
}

/// `new URL(x, import.meta.url)`: gives `x`.
pub(super) fn url_of_module<'e, 'a>(
    expression: &'e NewExpression<'a>,
) -> Option<&'e Expression<'a>> {
    let [first, second] = expression.arguments.as_slice() else {
        return None;
    };
    let is_url = matches!(&expression.callee, Expression::Identifier(name) if name.name == "URL");
    (is_url && is_module_url(second.as_expression()?)).then_some(())?;
    first.as_expression()
}

/// The value of the property `name`, if it is a literal text.
fn string_property<'o>(object: &'o ObjectExpression<'_>, name: &str) -> Option<&'o str> {
    object
        .properties
        .iter()
        .find_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property)
                if property.key.static_name().as_deref() == Some(name) =>
            {
                text_of(&property.value)
            }
            _ => None,
        })
}

fn mention_kind(text: &str) -> Mention {
    if text.contains("[src") || text.contains("[href") {
        Mention::Selector
    } else {
        Mention::Text
    }
}

/// The value of a string, or of a template without expressions.
pub(super) fn text_of<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    literal_of(expression).map(|(_, value)| value)
}

/// A string, or a template without expressions, as minifiers write strings too: where it stands, quotes included, and its value.
fn literal_of<'e>(expression: &'e Expression<'_>) -> Option<(Span, &'e str)> {
    match expression.without_parentheses() {
        Expression::StringLiteral(literal) => Some((literal.span, literal.value.as_str())),
        Expression::TemplateLiteral(template) => Some((template.span, whole(template)?)),
        _ => None,
    }
}

/// The value of a template without expressions.
fn whole<'e>(template: &'e TemplateLiteral<'_>) -> Option<&'e str> {
    let [element] = template.quasis.as_slice() else {
        return None;
    };
    Some(element.value.cooked.as_ref()?.as_str())
}

/// The inside of a literal with quotes.
fn inside(span: Span) -> Range<usize> {
    let (start, end) = (span.start as usize, span.end as usize);
    start + 1..end.saturating_sub(1).max(start + 1)
}

/// Relative or absolute, as opposed to bare (WHATWG HTML §8.1.5.2).
fn is_url_like(specifier: &str) -> bool {
    specifier.starts_with('/')
        || specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier.starts_with("http:")
        || specifier.starts_with("https:")
}

fn is_named(expression: &Expression<'_>, names: &[&str]) -> bool {
    match expression {
        Expression::Identifier(identifier) => names.contains(&identifier.name.as_str()),
        Expression::StaticMemberExpression(member) => {
            names.contains(&member.property.name.as_str())
        }
        _ => false,
    }
}

fn is_import_meta(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::ImportMeta(_))
}

fn is_module_url(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::StaticMemberExpression(member) => {
            member.property.name == "url" && is_import_meta(&member.object)
        }
        _ => false,
    }
}

/// The literal text an expression begins and ends with.
fn ends(expression: &Expression<'_>, prefix: &mut String, suffix: &mut String, depth: usize) {
    match expression {
        Expression::StringLiteral(literal) => {
            prefix.push_str(&literal.value);
            suffix.push_str(&literal.value);
        }
        Expression::TemplateLiteral(template) => {
            let cooked = |element: Option<&TemplateElement<'_>>| {
                element
                    .and_then(|element| element.value.cooked)
                    .map(|cooked| cooked.to_string())
                    .unwrap_or_default()
            };
            prefix.push_str(&cooked(template.quasis.first()));
            suffix.push_str(&cooked(template.quasis.last()));
        }
        Expression::BinaryExpression(sum) if sum.operator.as_str() == "+" && depth < 64 => {
            let mut unused = String::new();
            ends(&sum.left, prefix, &mut unused, depth + 1);
            unused.clear();
            ends(&sum.right, &mut unused, suffix, depth + 1);
        }
        Expression::ParenthesizedExpression(inner) if depth < 64 => {
            ends(&inner.expression, prefix, suffix, depth + 1);
        }
        _ => {}
    }
}

/// The URL in the last `//# sourceMappingURL=` comment, if nothing but comments and blanks follow it.
fn source_map(source: &str, comments: &[Comment]) -> Option<Range<usize>> {
    let mut end = source.len();
    for comment in comments.iter().rev() {
        let (start, stop) = (comment.span.start as usize, comment.span.end as usize);
        if !source.get(stop..end)?.trim().is_empty() {
            return None;
        }
        let text = source.get(start..stop)?;
        let body = text.get(2..)?;
        let body_at = start + 2;
        if let Some(rest) = body
            .strip_prefix("# sourceMappingURL=")
            .or_else(|| body.strip_prefix("@ sourceMappingURL="))
        {
            let length = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '*'))
                .unwrap_or(rest.len());
            let at = body_at + (body.len() - rest.len());
            return Some(at..at + length);
        }
        end = start;
    }
    None
}
