//! Rich text from Kentico made safe to show: a short allow-list of tags for reading, no styles, no scripts, no event
//! handlers; links get `rel`, addresses of the Kentico server become public ones, and pictures and files become the
//! portal's own addresses, with a list of what has to be copied for that.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::{Builder, UrlRelative};
use reqwest::Url;

use super::AssetAddress;

/// A file in Kentico that the portal shows under an address of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AssetRef {
    /// Path and query on the Kentico server; what [`super::Source::asset`] takes.
    pub path: String,
    /// File name for people.
    pub name: String,
    /// Address in the portal, as the configured function gave it.
    pub address: String,
}

/// Where Kentico's addresses lead.
#[derive(Clone)]
pub(super) struct Addresses {
    /// The endpoint through which content is read; its host may be internal.
    pub(super) server: Url,
    /// The website as readers know it.
    pub(super) public: Url,
    /// The portal's own address for a copied file.
    pub(super) asset: AssetAddress,
}

/// Cleaned HTML and the files it needs.
pub(super) struct Cleaned {
    pub(super) html: String,
    pub(super) assets: Vec<AssetRef>,
}

/// What reading text needs. Everything else is dropped and its text kept.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// Route prefixes under which Kentico serves files: content item assets, and media libraries of older sites.
const FILE_ROUTES: [&str; 2] = ["/getcontentasset/", "/getmedia/"];

impl Addresses {
    /// The asset behind an address, if it is a file on the Kentico server.
    pub(super) fn asset_at(&self, address: &str, name: Option<&str>) -> Option<AssetRef> {
        let url = self.server.join(address).ok()?;
        if !self.is_ours(&url) {
            return None;
        }
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let last = url.path().rsplit('/').next().unwrap_or_default();
        Some(AssetRef { name: name.unwrap_or(last).to_owned(), address: (self.asset)(&path), path })
    }

    fn is_ours(&self, url: &Url) -> bool {
        let same = |site: &Url| url.host_str() == site.host_str() && url.port_or_known_default() == site.port_or_known_default();
        matches!(url.scheme(), "http" | "https") && (same(&self.server) || same(&self.public))
    }

    /// What a link becomes: a copied file, a page of the public website, or itself. A link inside the page loses its
    /// address, because the anchors it points at are not kept.
    fn link(&self, address: &str) -> Option<Link> {
        if address.starts_with('#') {
            return None;
        }
        let Ok(url) = self.server.join(address) else { return None };
        if !self.is_ours(&url) {
            return Some(Link::Page(address.to_owned()));
        }
        let path = url.path().to_ascii_lowercase();
        if FILE_ROUTES.iter().any(|route| path.starts_with(route)) {
            return self.asset_at(address, None).map(Link::File);
        }
        let mut page = self.public.clone();
        page.set_path(url.path());
        page.set_query(url.query());
        page.set_fragment(url.fragment());
        Some(Link::Page(page.into()))
    }
}

/// Where a link leads.
enum Link {
    Page(String),
    File(AssetRef),
}

/// Cleans one rich text field.
pub(super) fn clean(html: &str, addresses: &Addresses) -> Cleaned {
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = {
        let found = Arc::clone(&found);
        move |asset: AssetRef| {
            let address = asset.address.clone();
            found.lock().unwrap_or_else(PoisonError::into_inner).push(asset);
            address
        }
    };
    let addresses = addresses.clone();
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(HashSet::from([
            "script", "style", "template", "iframe", "object", "svg", "math", "title", "textarea", "select",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("abbr", HashSet::from(["title"])),
            ("img", HashSet::from(["src", "alt", "width", "height"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(move |tag, attribute, value| match (tag, attribute) {
            // A picture from elsewhere would tell a third party who reads the page: only its description stays.
            ("img", "src") => addresses.asset_at(value, None).map(|asset| Cow::Owned(keep(asset))),
            ("a", "href") => addresses.link(value).map(|link| match link {
                Link::Page(address) => Cow::Owned(address),
                Link::File(asset) => Cow::Owned(keep(asset)),
            }),
            _ => Some(Cow::Borrowed(value)),
        });
    // The page that shows the text has its one first heading already.
    let html = builder.clean(html).to_string().replace("<h1>", "<h2>").replace("</h1>", "</h2>");
    let mut assets: Vec<AssetRef> = Vec::new();
    for asset in found.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        if assets.iter().all(|known| known.path != asset.path) {
            assets.push(asset);
        }
    }
    Cleaned { html, assets }
}

/// Plain text of a text field: control characters and runs of white space become single spaces.
pub(super) fn plain(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(html: &str) -> Cleaned {
        let addresses = Addresses {
            server: Url::parse("http://10.0.0.5:8080/graphql/x").unwrap(),
            public: Url::parse("https://www.castellan.example").unwrap(),
            asset: Arc::new(|path| format!("/content/files{path}")),
        };
        clean(html, &addresses)
    }

    fn html(source: &str) -> String {
        cleaned(source).html
    }

    #[test]
    fn nothing_that_runs_or_styles_survives() {
        for (source, clean) in [
            ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
            ("<p onclick=\"x()\" style=\"color:red\" class=\"c\" id=\"forms\">a</p>", "<p>a</p>"),
            ("<style>p{}</style><p>a</p>", "<p>a</p>"),
            ("<iframe src=\"https://x.example\"></iframe><form action=\"/x\"><input name=\"a\"></form>", ""),
            ("<svg><a xlink:href=\"javascript:x()\"><text>a</text></a></svg>b", "b"),
            ("<math><mtext><script>x()</script></mtext></math>b", "b"),
            ("<!-- note --><p>a", "<p>a</p>"),
            ("<img src=x onerror=alert(1)//>", "<img src=\"/content/files/graphql/x\">"),
            ("<p><b>open", "<p><b>open</b></p>"),
        ] {
            assert_eq!(html(source), clean, "{source}");
        }
    }

    #[test]
    fn links_keep_only_harmless_schemes_and_get_rel() {
        let rel = "rel=\"noopener noreferrer\"";
        for bad in ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "data:text/html,x", "vbscript:x", "#top"] {
            assert_eq!(html(&format!("<a href=\"{bad}\" target=\"_blank\">a</a>")), format!("<a {rel}>a</a>"), "{bad}");
        }
        for good in ["https://example.org/a?b=c#d", "mailto:a@castellan.example", "tel:+31305550140"] {
            assert_eq!(html(&format!("<a href=\"{good}\">a</a>")), format!("<a href=\"{good}\" {rel}>a</a>"));
        }
    }

    #[test]
    fn links_to_the_server_become_public_ones() {
        for inside in [
            "http://10.0.0.5:8080/help/x?y=1#z",
            "/help/x?y=1#z",
            "//10.0.0.5:8080/help/x?y=1#z",
            "https://www.castellan.example/help/x?y=1#z",
        ] {
            let found = html(&format!("<a href=\"{inside}\">a</a>"));
            assert!(found.contains("href=\"https://www.castellan.example/help/x?y=1#z\""), "{inside}: {found}");
        }
        assert!(html("<a href=\"http://10.0.0.5/x\">a</a>").contains("http://10.0.0.5/x"), "another port is another site");
    }

    #[test]
    fn pictures_and_files_become_ours_once_each() {
        let path = "/getContentAsset/0a/plan.pdf";
        let found = cleaned(&format!(
            "<img src=\"{path}\" alt=\"Plan\"><a href=\"http://10.0.0.5:8080{path}\">plan</a><a href=\"/getmedia/1/b.png?width=9\">b</a>"
        ));
        assert!(found.html.contains("src=\"/content/files/getContentAsset/0a/plan.pdf\""));
        assert!(found.html.contains("href=\"/content/files/getContentAsset/0a/plan.pdf\""));
        let assets: Vec<_> = found.assets.iter().map(|a| (a.path.as_str(), a.name.as_str())).collect();
        assert_eq!(assets, [(path, "plan.pdf"), ("/getmedia/1/b.png?width=9", "b.png")]);
    }

    #[test]
    fn a_picture_from_elsewhere_leaves_its_description() {
        let found = cleaned("<img src=\"https://tracker.example/p.gif\" alt=\"Our hall\"><img src=\"data:image/png;base64,AA\" alt=\"b\">");
        assert_eq!(found.html, "<img alt=\"Our hall\"><img alt=\"b\">");
        assert!(found.assets.is_empty());
    }

    #[test]
    fn reading_text_keeps_its_form() {
        let table = "<table><caption>c</caption><thead><tr><th scope=\"col\">a</th></tr></thead>\
                     <tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>";
        for same in [table, "<ol start=\"3\"><li>a</li></ol>", "<dl><dt>a</dt><dd>b</dd></dl>", "<p>m<sup>3</sup> \u{2212}10 \u{b0}C</p>"] {
            assert_eq!(html(same), same);
        }
        assert_eq!(html("<h1 class=\"x\">A</h1>"), "<h2>A</h2>", "the page has its first heading");
        assert_eq!(plain("  a\u{0}\n\tb "), "a b");
    }
}
