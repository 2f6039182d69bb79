use super::node::{Item, Node};

/// `{"path": {"a": {…}}}` to what HCL has as `path "a" {…}`: objects that hold objects alone become keys of these.
pub(super) fn flatten(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        unfold(item, &mut flat);
    }
    flat
}

fn unfold<'a>(item: Item<'a>, flat: &mut Vec<Item<'a>>) {
    let Item { keys, line, value } = item;
    match value {
        Node::Object { items, .. }
            if !items.is_empty() && items.iter().all(|item| is_object(&item.value)) =>
        {
            for inner in items {
                let keys = keys.iter().copied().chain(inner.keys).collect();
                unfold(Item { keys, line, value: inner.value }, flat);
            }
        }
        Node::List { values, .. } if !values.is_empty() && values.iter().all(is_object) => {
            for value in values {
                unfold(Item { keys: keys.clone(), line, value }, flat);
            }
        }
        value => flat.push(Item { keys, line, value: settle(value) }),
    }
}

/// The same for what lies deeper.
fn settle(value: Node<'_>) -> Node<'_> {
    match value {
        Node::Object { place, items } => Node::Object { place, items: flatten(items) },
        Node::List { place, values } => {
            Node::List { place, values: values.into_iter().map(settle).collect() }
        }
        literal @ Node::Literal(_) => literal,
    }
}

fn is_object(node: &Node<'_>) -> bool {
    matches!(node, Node::Object { .. })
}
