//! The picture as one page: no script, no font, no image, nothing from elsewhere, so that it can be kept and sent on.

mod axis;

mod columns;

mod lanes;

mod table;

mod timeline;

use std::time::SystemTime;

use self::{axis::Axis, timeline::Timeline};
use super::word;
use crate::{
    access::{Date, State, Status},
    cli::html::Html,
};

const STYLE: &str = include_str!("page.css");

const WORST_FIRST: [State; 6] =
    [State::Dead, State::Missing, State::Occupied, State::Due, State::Good, State::Minted];

/// How all declared tokens were at one time, by GitLab's clock.
pub(super) struct Picture<'a> {
    pub(super) now: SystemTime,
    pub(super) all: &'a [Status],
}

impl Picture<'_> {
    /// The whole page.
    pub(super) fn page(&self) -> String {
        Html::page("Access tokens", STYLE, |body| {
            body.element("header", &[], |header| {
                header.element("h1", &[], |it| it.text("Access tokens"));
                header.element("p", &[], |p| {
                    p.text("As they were on ");
                    let time = humantime::format_rfc3339_seconds(self.now).to_string();
                    let said = time.trim_end_matches('Z').replace('T', " ");
                    p.element("time", &[("datetime", &time)], |it| it.text(format_args!("{said} UTC")));
                    p.text(", by GitLab’s clock.");
                });
                self.counts(header);
            });
            body.element("main", &[], |main| match self.all {
                [] => main.element("p", &[], |it| it.text("No token is declared.")),
                all => {
                    main.element("h2", &[], |it| it.text("When they end"));
                    Timeline::of(all, Date::of(self.now)).draw(main);
                    main.element("h2", &[("id", &"every")], |it| it.text("Every token"));
                    table::draw(all, main);
                }
            });
        })
    }

    fn counts(&self, html: &mut Html) {
        html.element("ul", &[("class", &"counts")], |list| {
            for state in WORST_FIRST {
                let count = self.all.iter().filter(|status| status.state == state).count();
                if count == 0 {
                    continue;
                }
                let Look { class, about } = look(state);
                list.element("li", &[("class", &class)], |item| {
                    item.element("a", &[("href", &format_args!("#{class}"))], |a| {
                        a.element("strong", &[], |it| it.text(count));
                        a.text(format_args!(" {class}"));
                    });
                    item.element("small", &[], |it| it.text(about));
                });
            }
        });
    }
}

/// How a state is shown.
struct Look {
    class: &'static str,
    about: &'static str,
}

fn look(state: State) -> Look {
    let about = match state {
        State::Dead => "what is stored is not alive",
        State::Missing => "nothing is stored",
        State::Occupied => "something else is stored there",
        State::Due => "another is to take its place",
        State::Good => "alive, stored, and with time left",
        State::Minted => "each job has its own",
    };
    Look { class: word(state), about }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Reader;

    const NOW: &str = "2026-12-30T09:15:00Z";

    fn now() -> SystemTime {
        humantime::parse_rfc3339(NOW).unwrap()
    }

    fn living(name: &str, days: u64) -> Status {
        let today = Date::of(now());
        let reader =
            Reader { role: "omnibus".to_owned(), projects: vec!["g/omnibus".to_owned()], live: true };
        Status {
            name: name.to_owned(),
            owner: "group g/security".to_owned(),
            state: if days < 7 { State::Due } else { State::Good },
            because: if days < 7 { vec!["it ends soon".to_owned()] } else { Vec::new() },
            id: Some(7),
            expires_at: Some(today.plus_days(days)),
            days_left: Some(days.saturating_sub(1)),
            due_on: Some(today.plus_days(days).minus_days(7)),
            noted_end: None,
            age_days: Some(30_u64.saturating_sub(days)),
            last_used_at: Some("2026-12-29T23:00:00.000Z".to_owned()),
            stored_at: "a/b/token@ci".to_owned(),
            retiring: Vec::new(),
            readers: vec![reader],
            reach: None,
            living: None,
        }
    }

    fn absent(name: &str, state: State) -> Status {
        let gone =
            Status { state, id: None, expires_at: None, days_left: None, due_on: None, ..living(name, 1) };
        Status { age_days: None, last_used_at: None, readers: Vec::new(), ..gone }
    }

    fn page(all: &[Status]) -> String {
        Picture { now: now(), all }.page()
    }

    #[test]
    fn one_token_is_a_line_on_the_timeline_and_a_row() {
        let page = page(&[living("ci-read", 30)]);
        let (_, body) = page.split_once("</head>").unwrap();
        insta::assert_snapshot!(body.trim(), @r##"
    <body>
    <header>
    <h1>Access tokens</h1>
    <p>As they were on <time datetime="2026-12-30T09:15:00Z">2026-12-30 09:15:00 UTC</time>, by GitLab’s clock.</p>
    <ul class="counts">
    <li class="good"><a href="#good"><strong>1</strong> good</a><small>alive, stored, and with time left</small></li></ul></header>
    <main>
    <h2>When they end</h2>
    <div class="drawing">
    <svg role="img" aria-label="When tokens end, around today, 2026-12-30: 0 ended or revoked, 0 to be rotated, 1 good. The next end is on 2027-01-29. The table says it of each." width="100%" height="90">
    <line class="today" x1="8.33%" y1="16" x2="8.33%" y2="68"></line>
    <text class="label now" x="8.33%" y="84">2026-12-30</text>
    <text class="label now" x="8.33%" y="11">today</text>
    <line class="tick" x1="27.77%" y1="16" x2="27.77%" y2="68"></line>
    <text class="label spare" x="27.77%" y="84">2027-01-06</text>
    <line class="tick" x1="47.22%" y1="16" x2="47.22%" y2="68"></line>
    <text class="label" x="47.22%" y="84">2027-01-13</text>
    <line class="tick" x1="66.66%" y1="16" x2="66.66%" y2="68"></line>
    <text class="label spare" x="66.66%" y="84">2027-01-20</text>
    <line class="tick" x1="86.11%" y1="16" x2="86.11%" y2="68"></line>
    <text class="label" x="86.11%" y="84">2027-01-27</text>
    <line class="base" x1="0" y1="68" x2="100%" y2="68"></line>
    <g>
    <title>ci-read: 2027-01-29</title>
    <rect class="life good" x="8.33%" y="44" width="83.33%" height="8" rx="2"></rect>
    <rect class="window" x="72.22%" y="44" width="19.44%" height="8" rx="2"></rect>
    <svg x="91.66%" y="48">
    <path class="sign good" d="M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"></path></svg>
    <svg x="8.33%" y="36">
    <text class="name" x="8"><tspan class="isolated">ci-read</tspan> · ends in 29 days</text></svg></g></svg></div>
    <p class="legend"><span>
    <svg width="16" height="16" aria-hidden="true">
    <g transform="translate(8 8)">
    <path class="sign dead" d="M-5 -5L5 5M5 -5L-5 5"></path></g></svg>ended or revoked</span><span>
    <svg width="16" height="16" aria-hidden="true">
    <g transform="translate(8 8)">
    <path class="sign due" d="M0 -7L7 0L0 7L-7 0z"></path></g></svg>to be rotated</span><span>
    <svg width="16" height="16" aria-hidden="true">
    <g transform="translate(8 8)">
    <path class="sign good" d="M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"></path></g></svg>good</span><span>
    <svg width="24" height="16" aria-hidden="true">
    <rect class="window" x="0" y="4" width="24" height="8" rx="2"></rect></svg>the days in which it is rotated</span></p>
    <h2 id="every">Every token</h2>
    <table role="table" aria-labelledby="every">
    <thead role="rowgroup">
    <tr role="row">
    <th role="columnheader" scope="col">Token</th>
    <th role="columnheader" scope="col">State</th>
    <th role="columnheader" scope="col">Ends</th>
    <th role="columnheader" scope="col">Age</th>
    <th role="columnheader" scope="col">Last used</th>
    <th role="columnheader" scope="col">Stored at</th>
    <th role="columnheader" scope="col">Who may read it</th></tr></thead>
    <tbody role="rowgroup" id="good">
    <tr role="row">
    <th role="rowheader" scope="row"><bdi>ci-read</bdi><small>group g/security, number 7</small></th>
    <td role="cell" class="" data-name="State">
    <div><span class="badge good">
    <svg width="16" height="16" aria-hidden="true">
    <g transform="translate(8 8)">
    <path class="sign good" d="M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"></path></g></svg>good</span></div></td>
    <td role="cell" class="day" data-name="Ends">
    <div><time datetime="2027-01-29">2027-01-29</time><small>29 days left</small><small>rotated from 2027-01-22</small></div></td>
    <td role="cell" class="day" data-name="Age">
    <div>0 days</div></td>
    <td role="cell" class="day" data-name="Last used">
    <div>2026-12-29</div></td>
    <td role="cell" class="store" data-name="Stored at">
    <div><code>a/b/token@ci</code></div></td>
    <td role="cell" class="" data-name="Who may read it">
    <div>
    <p><code>omnibus</code></p>
    <ul>
    <li>g/omnibus</li></ul></div></td></tr></tbody></table></main></body></html>
    "##);
    }

    #[test]
    fn where_nothing_is_declared_the_page_says_so() {
        let page = page(&[]);
        assert!(page.contains("<p>No token is declared.</p>"), "{page}");
        assert!(!page.contains("<table") && !page.contains("<svg"), "{page}");
    }

    #[test]
    fn what_has_no_end_is_counted_beside_the_timeline() {
        let endless = Status { expires_at: None, days_left: None, due_on: None, ..living("endless", 30) };
        let page = page(&[absent("a", State::Missing), absent("b", State::Occupied), endless]);
        assert!(!page.contains("class=\"drawing\""), "{page}");
        assert!(
            page.contains("Not drawn: 2 not there") && page.contains("Not drawn: 1 without any end"),
            "{page}"
        );
    }

    #[test]
    fn the_dead_stand_where_they_ended_and_the_revoked_at_today() {
        let dead = |name: &str, noted: &str| Status {
            noted_end: Some(noted.parse().unwrap()),
            ..absent(name, State::Dead)
        };
        let page = page(&[living("c", 20), dead("b", "2027-02-24"), dead("a", "2026-12-24")]);
        assert!(
            page.contains("a</tspan> · ended on 2026-12-24") && page.contains("b</tspan> · revoked"),
            "{page}"
        );
        let places: Vec<usize> =
            ["a", "b", "c"].iter().map(|name| page.find(&format!("<title>{name}:")).unwrap()).collect();
        assert!(places.is_sorted(), "the first end on top: {page}");
    }

    #[test]
    fn five_hundred_tokens_are_counted_and_all_of_them_are_rows() {
        let mut all: Vec<Status> =
            (0..499).map(|each| living(&format!("ci-{each}"), 1 + each * 7 % 360)).collect();
        all.push(absent("old", State::Dead));
        let page = page(&all);
        let columns = page.matches("class=\"column ").count();
        assert!((20..=62).contains(&columns), "{columns}");
        assert!(page.contains("A column is 8 days."));
        assert_eq!(page.matches("<tr role=\"row\">").count(), 501);
        let worst_first = ["dead", "due", "good"]
            .map(|state| page.find(&format!("<tbody role=\"rowgroup\" id=\"{state}\">")).unwrap());
        assert!(worst_first.is_sorted());
    }
}
