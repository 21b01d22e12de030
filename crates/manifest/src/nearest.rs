//! The known word that a person most likely meant.

/// Longer words aren't compared.
const LONGEST: usize = 120;

/// The candidate nearest to `word`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let reach = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= reach + 2)
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `; did you mean `x`?` if something near is known, else nothing.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_word() {
        let known = ["fullscreen", "sidepanel", "data_connection"];
        assert_eq!(nearest("full_screen", known), Some("fullscreen"));
        assert_eq!(nearest("sidePannel", known), Some("sidepanel"));
        assert_eq!(nearest("dataconnection", known), Some("data_connection"));
    }

    #[test]
    fn something_else_finds_nothing() {
        assert_eq!(nearest("webhooks", ["fullscreen", "sidepanel"]), None);
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest(&"x".repeat(500), ["x"]), None);
    }
}
