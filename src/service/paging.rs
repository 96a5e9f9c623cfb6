//! Pages of lists: how long they are, and where the next one begins.

/// Rows on a page of any list.
pub const PAGE: i64 = 80;

/// Cuts the one row too many off a page, and says where the next page begins.
pub fn cut<T, K>(rows: &mut Vec<T>, page: i64, key: impl Fn(&T) -> K) -> Option<K> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    if rows.len() <= page {
        return None;
    }
    rows.truncate(page);
    rows.last().map(key)
}
