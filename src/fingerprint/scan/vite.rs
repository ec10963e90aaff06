//! The list of what a chunk needs that Vite writes into it: `const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/a.js"])))=>i.map(i=>d[i])`.
//!
//! A form that Vite generates after everything else, under a name that nobody else writes: the strings go to its preload helper and nowhere else. That one makes
//! links of them, unless links to the same URLs are there; from the name it asks only whether it ends in `.css`. So the strings are references, and
//! have to agree with the `import()` beside them.
//!
//! Uses: oxc · Never: files, clock

use oxc_ast::ast::{
    ArrayExpressionElement, AssignmentExpression, BindingPattern, Expression, StringLiteral,
    VariableDeclarator,
};

/// The strings of the list, if `declarator` declares it in exactly this form.
pub(super) fn preloaded<'d, 'a>(
    declarator: &'d VariableDeclarator<'a>,
) -> Vec<&'d StringLiteral<'a>> {
    list(declarator).unwrap_or_default()
}

fn list<'d, 'a>(declarator: &'d VariableDeclarator<'a>) -> Option<Vec<&'d StringLiteral<'a>>> {
    let BindingPattern::BindingIdentifier(name) = &declarator.id else {
        return None;
    };
    if name.name != "__vite__mapDeps" {
        return None;
    }
    let Some(Expression::ArrowFunctionExpression(function)) = &declarator.init else {
        return None;
    };
    let [_, _, list] = function.params.items.as_slice() else {
        return None;
    };
    let Expression::LogicalExpression(kept) = list.initializer.as_ref()?.without_parentheses()
    else {
        return None;
    };
    let Expression::AssignmentExpression(made) = kept.right.without_parentheses() else {
        return None;
    };
    strings(made)
}

/// `m.f=["…", …]`: all of it strings, or it is something else.
fn strings<'d, 'a>(made: &'d AssignmentExpression<'a>) -> Option<Vec<&'d StringLiteral<'a>>> {
    let Expression::ArrayExpression(array) = made.right.without_parentheses() else {
        return None;
    };
    array
        .elements
        .iter()
        .map(|element| match element {
            ArrayExpressionElement::StringLiteral(literal) => Some(&**literal),
            _ => None,
        })
        .collect()
}
