//! Numbers and days as people read them.

use model::{Day, DayRange};

/// A narrow space at which no line breaks.
const THIN: char = '\u{202f}';
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `1234567` as `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 call`, `2,000 calls`.
pub(crate) fn count(number: u64, one: &str) -> String {
    format!("{} {one}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// A part of a whole in percent with one decimal, rounded down: a share that reads 5.0 % has truly reached a
/// threshold of 5 %.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return format!("0{THIN}%");
    }
    let tenths = u128::from(part) * 1000 / u128::from(whole);
    if tenths == 0 {
        return format!("<{THIN}0.1{THIN}%");
    }
    format!("{}.{}{THIN}%", tenths / 10, tenths % 10)
}

/// The same rounded to the nearest, where no threshold is held against it: of all parts it makes 100 %, as near as that goes.
pub(crate) fn rounded_share(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole.max(1)));
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{}{THIN}%", tenths / 10, tenths % 10)
}

/// A day in the forms that a page needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    /// `2026-11-19`
    pub(crate) iso: String,
    /// `19 Nov`
    pub(crate) short: String,
    /// `19 Nov 2026`
    pub(crate) long: String,
    /// `Thu 19 Nov`
    pub(crate) weekday: String,
    /// `Thursday, 19 November 2026`
    pub(crate) full: String,
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        let date = day.date();
        let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("");
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).ok();
        let weekday = weekday.and_then(|weekday| WEEKDAYS.get(weekday)).copied().unwrap_or("");
        let short = format!("{} {}", date.day(), month.get(..3).unwrap_or(month));
        Self {
            iso: day.to_string(),
            long: format!("{short} {}", date.year()),
            weekday: format!("{} {short}", weekday.get(..3).unwrap_or(weekday)),
            full: format!("{weekday}, {} {month} {}", date.day(), date.year()),
            short,
        }
    }
}

/// `7 – 20 Nov 2026`, `30 Oct – 12 Nov 2026`, `25 Dec 2026 – 7 Jan 2027`.
pub(crate) fn range(days: DayRange) -> String {
    let (first, last) = (days.start.date(), days.end.date());
    let (start, end) = (Date::from(days.start), Date::from(days.end));
    if days.start == days.end {
        end.long
    } else if first.year() != last.year() {
        format!("{} – {}", start.long, end.long)
    } else if first.month() != last.month() {
        format!("{} – {}", start.short, end.long)
    } else {
        format!("{} – {}", first.day(), end.long)
    }
}

/// The same without the year, for places that have named it already.
pub(crate) fn short_range(days: DayRange) -> String {
    let (first, last) = (days.start.date(), days.end.date());
    let (start, end) = (Date::from(days.start), Date::from(days.end));
    if days.start == days.end {
        end.short
    } else if (first.year(), first.month()) == (last.year(), last.month()) {
        format!("{} – {}", first.day(), end.short)
    } else {
        format!("{} – {}", start.short, end.short)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// At most `limit` characters of a text, the middle left out.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let tail = limit / 3;
    let head = limit.saturating_sub(tail + 1);
    text.chars().take(head).chain(std::iter::once('…')).chain(text.chars().skip(length - tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(thousands(number), expected);
        }
        assert_eq!(count(1, "call"), "1 call");
        assert_eq!(count(1200, "call"), "1,200 calls");
    }

    #[test]
    fn a_share_never_reads_more_than_it_is() {
        for (part, whole, expected) in [
            (0, 0, "0 %"),
            (0, 9, "0 %"),
            (1, 100_000, "< 0.1 %"),
            (1, 1000, "0.1 %"),
            (499, 10_000, "4.9 %"),
            (5, 100, "5.0 %"),
            (9999, 10_000, "99.9 %"),
            (7, 7, "100.0 %"),
            (u64::MAX, u64::MAX, "100.0 %"),
        ] {
            assert_eq!(share(part, whole).replace(THIN, " "), expected);
        }
    }

    #[test]
    fn shares_that_are_rounded_add_up() {
        for (part, whole, expected) in
            [(1, 19, "5.3 %"), (3, 19, "15.8 %"), (15, 19, "78.9 %"), (0, 0, "0.0 %"), (u64::MAX, u64::MAX, "100.0 %")]
        {
            assert_eq!(rounded_share(part, whole).replace(THIN, " "), expected);
        }
    }

    #[test]
    fn days_read_as_people_write_them() {
        let date = Date::from(day("2026-11-19"));
        assert_eq!(date.long, "19 Nov 2026");
        assert_eq!(date.weekday, "Thu 19 Nov");
        assert_eq!(date.full, "Thursday, 19 November 2026");
    }

    #[test]
    fn a_range_names_month_and_year_once_where_they_agree() {
        for (start, end, expected) in [
            ("2026-11-07", "2026-11-20", "7 – 20 Nov 2026"),
            ("2026-10-30", "2026-11-12", "30 Oct – 12 Nov 2026"),
            ("2026-12-25", "2027-01-07", "25 Dec 2026 – 7 Jan 2027"),
            ("2026-11-07", "2026-11-07", "7 Nov 2026"),
        ] {
            assert_eq!(range(DayRange { start: day(start), end: day(end) }), expected);
        }
    }

    #[test]
    fn a_long_text_keeps_both_ends() {
        assert_eq!(shorten("abcdefghij", 10), "abcdefghij");
        assert_eq!(shorten("ébcdefghijk", 10), "ébcdef…ijk");
        assert_eq!(shorten("abc", 1), "…");
    }
}
