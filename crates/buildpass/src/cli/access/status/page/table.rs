use super::{look, timeline::sign};
use crate::{
    access::{Reader, State, Status},
    cli::{html::Html, output::counted},
};

const HEAD: [Column; 7] = [
    Column("Token", ""),
    Column("State", ""),
    Column("Ends", "day"),
    Column("Age", "day"),
    Column("Last used", "day"),
    Column("Stored at", "store"),
    Column("Who may read it", ""),
];

/// Its name, and the class of its cells.
#[derive(Clone, Copy)]
struct Column(&'static str, &'static str);

/// More projects of one role are folded.
const MOST_PROJECTS: usize = 4;

/// Every token, the worst first. A narrow screen shows rows as cards, which is why the roles are said.
pub(super) fn draw(all: &[Status], html: &mut Html) {
    html.element("table", &[("role", &"table"), ("aria-labelledby", &"every")], |table| {
        table.element("thead", &[("role", &"rowgroup")], |head| {
            head.element("tr", &[("role", &"row")], |row| {
                for Column(name, _) in HEAD {
                    row.element("th", &[("role", &"columnheader"), ("scope", &"col")], |th| th.text(name));
                }
            });
        });
        for state in super::WORST_FIRST {
            let mut group: Vec<&Status> = all.iter().filter(|status| status.state == state).collect();
            group.sort_by(|a, b| {
                let order = |of: &Status| (of.expires_at, of.noted_end);
                order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name))
            });
            if !group.is_empty() {
                table.element("tbody", &[("role", &"rowgroup"), ("id", &look(state).class)], |body| {
                    group.iter().for_each(|status| row(status, body));
                });
            }
        }
    });
}

fn row(status: &Status, html: &mut Html) {
    html.element("tr", &[("role", &"row")], |row| {
        row.element("th", &[("role", &"rowheader"), ("scope", &"row")], |th| {
            th.element("bdi", &[], |it| it.text(&status.name));
            th.element("small", &[], |it| {
                it.text(&status.owner);
                if let Some(id) = status.id {
                    it.text(format_args!(", number {id}"));
                }
            });
            if let Some(breadth) = status.reach {
                th.element("small", &[], |it| it.text(breadth));
            }
        });
        cell(row, HEAD[1], |td| state(status, td));
        cell(row, HEAD[2], |td| ends(status, td));
        cell(row, HEAD[3], |td| td.text(status.age_days.map_or_else(nothing, |days| counted(days, "day"))));
        cell(row, HEAD[4], |td| {
            // GitLab says none of a token that is not there.
            let unused = || if status.id.is_some() { "never".to_owned() } else { nothing() };
            let day = status.last_used_at.as_deref().and_then(|time| time.split('T').next());
            td.text(day.map_or_else(unused, str::to_owned));
        });
        cell(row, HEAD[5], |td| td.element("code", &[], |it| it.text(&status.stored_at)));
        cell(row, HEAD[6], |td| {
            if status.readers.is_empty() {
                td.text("nobody");
            }
            status.readers.iter().for_each(|each| reader(each, td));
        });
    });
}

fn cell(row: &mut Html, Column(name, class): Column, inner: impl FnOnce(&mut Html)) {
    row.element("td", &[("role", &"cell"), ("class", &class), ("data-name", &name)], |td| {
        td.element("div", &[], inner)
    });
}

fn state(status: &Status, html: &mut Html) {
    let look = look(status.state);
    html.element("span", &[("class", &format_args!("badge {}", look.class))], |span| {
        span.element("svg", &[("width", &"16"), ("height", &"16"), ("aria-hidden", &"true")], |svg| {
            svg.element("g", &[("transform", &"translate(8 8)")], |g| sign(g, status.state));
        });
        span.text(look.class);
    });
    for because in &status.because {
        html.element("small", &[], |it| it.text(because));
    }
    if !status.retiring.is_empty() {
        let ids: Vec<String> = status.retiring.iter().map(u64::to_string).collect();
        html.element("small", &[], |it| {
            it.text(format_args!("an older token lives a little longer: {}", ids.join(", ")));
        });
    }
}

fn ends(status: &Status, html: &mut Html) {
    match (status.expires_at, status.noted_end) {
        (Some(date), _) => {
            html.element("time", &[("datetime", &date)], |it| it.text(date));
            html.element("small", &[], |it| match status.days_left {
                Some(0) => it.text("less than a day left"),
                left => it.text(format_args!("{} left", counted(left.unwrap_or_default(), "day"))),
            });
            if let Some(due) = status.due_on.filter(|_| status.state == State::Good) {
                html.element("small", &[], |it| it.text(format_args!("rotated from {due}")));
            }
        }
        (None, Some(noted)) => {
            html.element("small", &[], |it| it.text(format_args!("was to end on {noted}")));
        }
        (None, None) if status.id.is_some() => html.text("never"),
        (None, None) => html.text(nothing()),
    }
}

fn reader(reader: &Reader, html: &mut Html) {
    html.element("p", &[], |p| {
        p.element("code", &[], |it| it.text(&reader.role));
        if !reader.live {
            p.element("small", &[("class", &"gone")], |it| it.text("no such role in the vault"));
        }
    });
    let projects = |html: &mut Html| {
        html.element("ul", &[], |list| {
            for project in &reader.projects {
                list.element("li", &[], |it| it.text(project));
            }
        });
    };
    match reader.projects.len() {
        ..=MOST_PROJECTS => projects(html),
        count => html.element("details", &[], |details| {
            details.element("summary", &[], |it| it.text(format_args!("{count} projects")));
            projects(details);
        }),
    }
}

fn nothing() -> String {
    "–".to_owned()
}
