//! What both servers hold now, as far as the declaration is about it. Values are read only where a note and its secret do not fit.

mod admitted;

mod breadth;

mod engine;

mod gather;

mod gitlab_side;

mod jwt_mount;

mod needed;

mod vault_side;

pub use admitted::Admitted;
pub use breadth::Breadth;
pub(super) use engine::gitlab_of;
pub use engine::{EngineMount, Engines, Maker};
pub use gather::World;
pub(super) use gather::each;
pub use jwt_mount::JwtMount;
pub use vault_side::{Held, KvMount, Leftover, Stored};

use vault_side::NO_MOUNT;
