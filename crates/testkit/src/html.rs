//! Just enough HTML to use a page's forms as a browser would: fields with their values, hidden ones included.

/// A form of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent to; empty for the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// What would be sent if nobody touched it, in order: names and values.
    pub fields: Vec<(String, String)>,
    /// Names of all its fields, those that would not be sent (boxes not ticked, buttons) included.
    pub names: Vec<String>,
    /// Names of the fields that people write into: lines and areas of text, passwords not.
    pub texts: Vec<String>,
}

impl Form {
    /// The value that would be sent for a name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The forms of a page, in order.
#[must_use]
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<Select> = None;
    for tag in tags(page) {
        match tag.name.as_str() {
            "form" => {
                let method = tag.attribute("method").unwrap_or_default().to_ascii_lowercase();
                let method = if method == "post" { method } else { "get".to_owned() };
                forms.push(Form { action: tag.attribute("action").unwrap_or_default(), method, ..Form::default() });
                open = true;
            }
            "/form" => open = false,
            _ => {
                let Some(form) = forms.last_mut().filter(|_| open) else { continue };
                read_field(form, &tag, &mut select);
            }
        }
    }
    forms
}

/// A list to choose from while its options are read.
struct Select {
    name: String,
    first: Option<String>,
    chosen: Option<String>,
}

fn read_field(form: &mut Form, tag: &Tag<'_>, select: &mut Option<Select>) {
    let name = tag.attribute("name").unwrap_or_default();
    match tag.name.as_str() {
        "input" | "textarea" | "select" | "button" if !name.is_empty() && !form.names.contains(&name) => {
            form.names.push(name.clone());
        }
        _ => {}
    }
    match tag.name.as_str() {
        "input" if !name.is_empty() => {
            let kind = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
            if matches!(kind.as_str(), "" | "text" | "search" | "email" | "url") {
                form.texts.push(name.clone());
            }
            let ticked = tag.attribute("checked").is_some();
            match kind.as_str() {
                "submit" | "button" | "image" | "reset" | "file" => {}
                "checkbox" | "radio" if !ticked => {}
                "checkbox" | "radio" => form.fields.push((name, tag.attribute("value").unwrap_or("on".into()))),
                _ => form.fields.push((name, tag.attribute("value").unwrap_or_default())),
            }
        }
        "textarea" if !name.is_empty() => {
            let text = tag.after.split("</textarea").next().unwrap_or_default();
            form.texts.push(name.clone());
            form.fields.push((name, unescape(text.strip_prefix('\n').unwrap_or(text))));
        }
        "select" => *select = Some(Select { name, first: None, chosen: None }),
        "option" => {
            let text = || unescape(tag.after.split('<').next().unwrap_or_default().trim());
            let value = tag.attribute("value").unwrap_or_else(text);
            if let Some(select) = select {
                select.first.get_or_insert_with(|| value.clone());
                if tag.attribute("selected").is_some() {
                    select.chosen = Some(value);
                }
            }
        }
        "/select" => {
            let ended = select.take().filter(|select| !select.name.is_empty());
            if let Some((name, Some(value))) = ended.map(|select| (select.name, select.chosen.or(select.first))) {
                form.fields.push((name, value));
            }
        }
        _ => {}
    }
}

/// The value of the first field of this name on a page, whatever form it is in.
#[must_use]
pub fn field(page: &str, name: &str) -> Option<String> {
    let inputs = tags(page).into_iter().filter(|tag| tag.name == "input");
    inputs.filter(|tag| tag.attribute("name").as_deref() == Some(name)).find_map(|tag| tag.attribute("value"))
}

/// The targets of all links of a page, in order, as they are without HTML escapes.
#[must_use]
pub fn links(page: &str) -> Vec<String> {
    tags(page).into_iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.attribute("href")).collect()
}

/// A tag's name in lower case (`/form` for an end tag), its attributes, and what follows it.
struct Tag<'a> {
    name: String,
    attributes: Vec<(String, String)>,
    after: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// Elements whose content is text, in which `<` begins no tag.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|first: char| first == '/' || first.is_ascii_alphabetic()) {
            continue;
        }
        let tag = read_tag(rest);
        rest = tag.after;
        if RAW.contains(&tag.name.as_str()) {
            let end = format!("</{}", tag.name);
            rest = rest.find(&end).map_or("", |at| &rest[at..]);
        }
        tags.push(tag);
    }
    tags
}

/// Reads a tag whose `<` lies behind.
fn read_tag(text: &str) -> Tag<'_> {
    let length = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    let mut tag = Tag {
        name: text[..length].trim_end_matches('/').to_ascii_lowercase(),
        attributes: Vec::new(),
        after: &text[length..],
    };
    loop {
        let rest = tag.after.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            tag.after = rest.strip_prefix('>').unwrap_or(rest);
            return tag;
        }
        let length = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '>' || c == '/').unwrap_or(rest.len());
        // A `=` without a name before it is skipped, so that every turn reads something.
        let name = rest[..length].to_ascii_lowercase();
        let mut after = rest[length..].trim_start();
        let mut value = String::new();
        if let Some(text) = after.strip_prefix('=') {
            (value, after) = read_value(text.trim_start());
        }
        tag.attributes.push((name, value));
        tag.after = after;
    }
}

fn read_value(text: &str) -> (String, &str) {
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            let (value, after) = rest.split_once(quote).unwrap_or((rest, ""));
            return (unescape(value), after);
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    (unescape(&text[..end]), &text[end..])
}

/// Text without HTML's escapes, as far as templates make them.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let escape = rest[1..].split_once(';').filter(|(name, _)| name.len() <= 8);
        match escape.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let code = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => name.strip_prefix('#')?,
    };
    let number = match code.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => code.parse().ok()?,
    };
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><title>A <form> in a title</title><!-- <form action="/no"> -->
        <form action='/search'><input name=q value="a&amp;b"></form><input name="outside" value="1">
        <FORM METHOD="Post" action="/apps/new?x=1&#38;y=2"><input type="hidden" name="csrf" value="to&quot;ken"/>
        <input name="name" required><input type="checkbox" name="agree"><input type=checkbox name=news checked>
        <input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
        <textarea name="notes">
one &lt;b> <form></textarea>
        <select name="role"><option value="dev">Developer<option value="adm" selected>Admin</select>
        <select name="zone"><option>UTC</option><option>Other</option></select>
        <button name="go" value="now">Go</button></form><a href="/x?a=1&amp;b=2">x</a>"#;

    fn pairs(form: &Form) -> Vec<(&str, &str)> {
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn forms_are_read_with_what_a_browser_would_send() {
        let [search, new] = &forms(PAGE)[..] else { panic!("{:?}", forms(PAGE)) };
        assert_eq!((search.method.as_str(), search.action.as_str()), ("get", "/search"));
        assert_eq!(pairs(search), [("q", "a&b")]);
        assert_eq!((new.method.as_str(), new.action.as_str()), ("post", "/apps/new?x=1&y=2"));
        assert_eq!(
            pairs(new),
            [
                ("csrf", "to\"ken"),
                ("name", ""),
                ("news", "on"),
                ("kind", "b"),
                ("notes", "one <b> <form>"),
                ("role", "adm"),
                ("zone", "UTC"),
            ]
        );
        assert!(new.names.contains(&"agree".to_owned()) && new.names.contains(&"go".to_owned()));
        assert_eq!((new.value("kind"), new.value("agree")), (Some("b"), None));
        assert_eq!(new.texts, ["name", "notes"]);
        assert_eq!((field(PAGE, "outside").as_deref(), field(PAGE, "notes")), (Some("1"), None));
        assert_eq!(links(PAGE), ["/x?a=1&b=2"]);
    }

    #[test]
    fn broken_pages_are_read_to_their_end() {
        for page in
            ["<", "<form", "<form =", "<input name", "<a href='x", "<!--", "<textarea name=a>", "<a =b=>", "&#x"]
        {
            let _read = (forms(page), links(page), field(page, "a"), unescape(page));
        }
        assert_eq!(unescape("&lt;&#x27;&nothing;&"), "<'&nothing;&");
    }
}
