//! The order in which names can be computed: strongly connected components, sinks first (Tarjan 1972, without recursion).
//!
//! A name depends on the names it refers to. Where references go in circles, all members of the circle are named together.
//!
//! Uses: nothing · Never: files, clock

/// The components of the graph with `edges[node]` = what `node` refers to, each sorted, those referred to before those that refer.
///
/// The result depends on the numbers of the nodes only, not on the order of edges.
pub(crate) fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        edges,
        order: vec![None; edges.len()],
        low: vec![0; edges.len()],
        on_stack: vec![false; edges.len()],
        stack: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for node in 0..edges.len() {
        if search.order[node].is_none() {
            search.visit(node);
        }
    }
    search.found
}

struct Search<'e> {
    edges: &'e [Vec<usize>],
    order: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, root: usize) {
        // Each frame: a node, and which of its edges comes next.
        let mut frames = vec![(root, 0)];
        self.enter(root);
        while let Some((node, edge)) = frames.last_mut() {
            let node = *node;
            if let Some(&target) = self.edges[node].get(*edge) {
                *edge += 1;
                match self.order[target] {
                    None => {
                        self.enter(target);
                        frames.push((target, 0));
                    }
                    Some(order) if self.on_stack[target] => {
                        self.low[node] = self.low[node].min(order);
                    }
                    Some(_) => {}
                }
                continue;
            }
            frames.pop();
            if let Some((parent, _)) = frames.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if Some(self.low[node]) == self.order[node] {
                self.leave(node);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.order[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.on_stack[node] = true;
    }

    fn leave(&mut self, root: usize) {
        let at = self
            .stack
            .iter()
            .rposition(|node| *node == root)
            .unwrap_or_default();
        let mut component = self.stack.split_off(at);
        for node in &component {
            self.on_stack[*node] = false;
        }
        component.sort_unstable();
        self.found.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_referred_to_comes_first() {
        // 0 → 1 → 2, 2 → 1 is a circle; 3 alone.
        let edges = vec![vec![1], vec![2], vec![1], vec![]];
        assert_eq!(components(&edges), [vec![1, 2], vec![0], vec![3]]);
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let edges: Vec<Vec<usize>> = (0..200_000)
            .map(|node| {
                if node + 1 < 200_000 {
                    vec![node + 1]
                } else {
                    vec![]
                }
            })
            .collect();
        assert_eq!(components(&edges).first(), Some(&vec![199_999]));
    }
}
