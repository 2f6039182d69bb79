/// The scripts in which lockbox is known to differ from OpenBao, and in what. It only gets shorter.
pub(crate) const KNOWN: &[(&str, &str)] = &[
    ("body that is announced too large", "it is refused at once, and OpenBao waits for it"),
    ("http help", "the help of a path"),
    ("path letters of no address", "the HTTP library takes what RFC 3986 takes"),
    ("path of a page", "there is nothing for browsers"),
    ("path that is no text", "a path is text"),
    ("policy of passwords", "no passwords are made up"),
    ("sys cluster", "there is no cluster"),
    ("sys counters", "how often a key was used"),
    ("sys machine", "nothing is told of the machine"),
    ("sys metrics", "metrics are on a listener of their own"),
    ("sys raw", "the storage cannot be reached"),
    ("sys tools", "tools, counters and what is for browsers"),
];
