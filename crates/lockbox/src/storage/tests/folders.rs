use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The store lists and holds what a plain map of paths would.
    #[test]
    fn a_store_is_a_map_with_folders(steps in prop::collection::vec((path(), any::<Option<u8>>()), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = founded(Medium::Memory, &RootKey::draw()).await;
            let mut model = BTreeMap::new();
            for (path, value) in steps {
                let mut batch = Batch::default();
                match value {
                    Some(value) => {
                        batch.put(path.clone(), Zeroizing::new(vec![value]));
                        model.insert(path, value);
                    }
                    None => {
                        batch.delete(path.clone());
                        model.remove(&path);
                    }
                }
                store.commit(batch).await.unwrap();
            }
            for folder in ["", "a/", "a/a/", "b/", "b/a/", "none/"] {
                prop_assert_eq!(store.view().unwrap().children(folder).unwrap(), children(&model, folder));
            }
            for (path, value) in &model {
                prop_assert_eq!(store.read(path).unwrap().unwrap().to_vec(), vec![*value]);
                prop_assert!(store.view().unwrap().holds(path).unwrap());
            }
            Ok(())
        })?;
    }
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[abü]", 1..4).prop_map(|parts| parts.join("/"))
}

fn children(model: &BTreeMap<String, u8>, folder: &str) -> Vec<String> {
    let inside = model.keys().filter_map(|path| path.strip_prefix(folder));
    let mut names: Vec<String> =
        inside.map(|rest| rest.find('/').map_or(rest, |slash| &rest[..=slash]).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
