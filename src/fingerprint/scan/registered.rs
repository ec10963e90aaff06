//! Service workers that a script registers.
//!
//! `navigator.serviceWorker.register(url)` says it outright. In what bundlers make of Workbox and of Angular the names are gone, and what is
//! left is a call with a URL and options that nothing else takes. (Service Workers §3.4.3, `RegistrationOptions`.)
//!
//! Uses: oxc, class · Never: files, clock

use oxc_ast::ast::{Argument, Expression, ObjectPropertyKind};

use super::js::{text_of, url_of_module};
use crate::fingerprint::class::Class;

/// Options of a registration: of the platform, of Angular.
const OPTIONS: [&str; 3] = ["scope", "updateViaCache", "registrationStrategy"];

/// What a call or a `new` registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registered<'e> {
    /// A URL relative to the document.
    OfDocument(&'e str),
    /// A URL relative to the script.
    OfModule(&'e str),
}

/// The service worker that `callee(arguments…)` registers, if it does.
pub(super) fn of<'e, 'a>(
    callee: &Expression<'a>,
    arguments: &'e [Argument<'a>],
) -> Option<Registered<'e>> {
    let url = arguments.first()?.as_expression()?;
    if !is_register(callee) && !names_a_worker(callee) && !has_options(arguments.get(1)) {
        return None;
    }
    if let Expression::NewExpression(url) = url {
        return text_of(url_of_module(url)?).map(Registered::OfModule);
    }
    let url = text_of(url)?;
    is_script(url).then_some(Registered::OfDocument(url))
}

/// `….serviceWorker.register`.
fn is_register(callee: &Expression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = callee else {
        return false;
    };
    member.property.name == "register"
        && match &member.object {
            Expression::StaticMemberExpression(object) => object.property.name == "serviceWorker",
            Expression::Identifier(name) => name.name == "serviceWorker",
            _ => false,
        }
}

/// `new Workbox`, and Angular's `provideServiceWorker`, where their names are still there.
fn names_a_worker(callee: &Expression<'_>) -> bool {
    let name = match callee {
        Expression::Identifier(name) => name.name.as_str(),
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        _ => return false,
    };
    matches!(name, "Workbox" | "provideServiceWorker")
}

fn has_options(argument: Option<&Argument<'_>>) -> bool {
    let Some(Argument::ObjectExpression(options)) = argument else {
        return false;
    };
    options.properties.iter().any(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => property
            .key
            .static_name()
            .is_some_and(|name| OPTIONS.contains(&&*name)),
        ObjectPropertyKind::SpreadProperty(_) => false,
    })
}

/// `scope` is a word that others use, too: what is registered is a script.
fn is_script(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    Class::of(path) == Class::Script
}
