use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::{OpenBao, ROOT, http, wait_until};

/// Three real OpenBao servers that replicate by Raft, ended when this is dropped.
pub(crate) struct Raft {
    nodes: Vec<Node>,
    _folder: tempfile::TempDir,
}

/// One of them.
struct Node {
    address: String,
    process: Child,
}

/// How a node sees itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Leader,
    Standby,
    Neither,
}

const NODES: usize = 3;

impl Raft {
    /// Starts and initializes it; serving, with the root token `ROOT`.
    pub(crate) fn start() -> Option<Self> {
        let program = OpenBao::program()?;
        for _ in 0..5 {
            if let Some(raft) = Self::try_start(program) {
                return Some(raft);
            }
        }
        panic!("the cluster does not start");
    }

    fn try_start(program: &Path) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        fs::write(&key, [7; 32]).unwrap();
        let ports: Vec<(u16, u16)> =
            (0..NODES).map(|_| (OpenBao::free_port(), OpenBao::free_port())).collect();
        let first = format!("http://127.0.0.1:{}", ports[0].0);
        let nodes = ports.iter().enumerate().map(|(number, (port, cluster_port))| {
            let data = folder.path().join(format!("node-{number}"));
            fs::create_dir(&data).unwrap();
            let join = match number {
                0 => String::new(),
                _ => format!("retry_join {{ leader_api_addr = \"{first}\" }}"),
            };
            let config = format!(
                "storage \"raft\" {{\n  path = \"{data}\"\n  node_id = \"node-{number}\"\n  {join}\n}}\n\
                 listener \"tcp\" {{\n  address = \"127.0.0.1:{port}\"\n  cluster_address = \"127.0.0.1:{cluster_port}\"\n  tls_disable = true\n}}\n\
                 api_addr = \"http://127.0.0.1:{port}\"\ncluster_addr = \"https://127.0.0.1:{cluster_port}\"\n\
                 seal \"static\" {{\n  current_key_id = \"k1\"\n  current_key = \"file://{key}\"\n}}\n",
                data = data.display(),
                key = key.display(),
            );
            let file = folder.path().join(format!("node-{number}.hcl"));
            fs::write(&file, config).unwrap();
            let process = Command::new(program)
                .args(["server", "-config"])
                .arg(&file)
                .env_clear()
                .env("HOME", folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            Node { address: format!("http://127.0.0.1:{port}"), process }
        });
        let mut raft = Self { nodes: nodes.collect(), _folder: folder };
        raft.initialize().then_some(raft)
    }

    /// Whether every node serves in the end; a port that was taken is the usual reason why not.
    fn initialize(&mut self) -> bool {
        let url = format!("{}/v1/sys/init", self.nodes[0].address);
        let wanted = json!({"recovery_shares": 1, "recovery_threshold": 1});
        let mut made = None;
        wait_until(Duration::from_secs(30), || {
            made = http::request("PUT", &url, &[], Some(&wanted)).filter(|(status, _)| *status == 200);
            made.is_some() || self.nodes.iter_mut().any(|node| node.process.try_wait().unwrap().is_some())
        });
        let Some((_, made)) = made else { return false };
        let root = made["root_token"].as_str().unwrap();
        let ask = |method, path: &str, body: Option<&Value>| {
            let url = format!("{}/v1/{path}", self.nodes[0].address);
            http::request(method, &url, &[("x-vault-token", root)], body).filter(|(status, _)| *status < 300)
        };
        // A node that has joined has no vote until the leader trusts it, some ten seconds later.
        let all_vote = wait_until(Duration::from_secs(60), || {
            let votes = ask("GET", "sys/storage/raft/configuration", None).map(|(_, answer)| {
                let servers = answer["data"]["config"]["servers"].as_array().cloned().unwrap_or_default();
                servers.iter().filter(|server| server["voter"] == true).count()
            });
            votes == Some(NODES)
                && self.nodes.iter().filter(|node| node.role() == Role::Standby).count() == NODES - 1
        });
        let known = json!({"id": ROOT, "policies": ["root"], "no_parent": true});
        all_vote
            && ask("POST", "auth/token/create", Some(&known)).is_some()
            && ask("POST", "auth/token/revoke-self", None).is_some()
    }

    /// All addresses, the dead ones too.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.address.clone()).collect()
    }

    /// The node that leads, if one does.
    pub(crate) fn leader(&self) -> Option<String> {
        self.with_role(Role::Leader)
    }

    /// A node that does not lead.
    pub(crate) fn standby(&self) -> Option<String> {
        self.with_role(Role::Standby)
    }

    fn with_role(&self, role: Role) -> Option<String> {
        let node = self.nodes.iter().find(|node| node.role() == role)?;
        Some(node.address.clone())
    }

    /// Ends one node as `kill -9` does.
    pub(crate) fn kill(&mut self, address: &str) {
        let node = self.nodes.iter_mut().find(|node| node.address == address).unwrap();
        node.process.kill().unwrap();
        node.process.wait().unwrap();
    }
}

impl Node {
    fn role(&self) -> Role {
        match http::request("GET", &format!("{}/v1/sys/health", self.address), &[], None) {
            Some((200, _)) => Role::Leader,
            Some((429, _)) => Role::Standby,
            _ => Role::Neither,
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
