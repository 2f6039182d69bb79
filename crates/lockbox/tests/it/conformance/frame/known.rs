/// The scripts in which lockbox is known to differ from OpenBao, in how many answers, and in what. It only gets shorter.
pub(crate) const KNOWN: &[(&str, usize, &str)] = &[
    ("body that is announced too large", 1, "it is refused at once, and OpenBao waits for it"),
    ("http help", 2, "the help of a path"),
    ("path letters of no address", 4, "the HTTP library takes what RFC 3986 takes"),
    ("path of a page", 2, "there is nothing for browsers"),
    ("path that is no text", 6, "a path is text"),
    ("policy of passwords", 7, "no passwords are made up"),
    ("sys cluster", 1, "there is no cluster"),
    ("sys counters", 1, "how often a key was used"),
    ("sys machine", 7, "nothing is told of the machine"),
    ("sys metrics", 1, "metrics are on a listener of their own"),
    ("sys raw", 4, "the storage cannot be reached"),
    ("sys tools", 4, "tools, counters and what is for browsers"),
];
