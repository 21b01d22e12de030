//! The statements, one file each: `sql/TOPIC.ACTION.sql`.

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../sql/", $file, ".sql"));)*

        /// Every statement with the name of its file, for the size of statement caches and for tests.
        pub(super) const ALL: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

statements! {
    APP_ADD_COMPONENT = "app.add_component";
    APP_ALL_COMPONENTS = "app.all_components";
    APP_CLEAR_COMPONENTS = "app.clear_components";
    APP_COMPONENTS = "app.components";
    APP_DISCOVER = "app.discover";
    APP_FIND = "app.find";
    APP_GET = "app.get";
    APP_LIST = "app.list";
    APP_SAVE = "app.save";
    CATALOG_ADD_CHANGE = "catalog.add_change";
    CATALOG_ADD_DOCUMENT = "catalog.add_document";
    CATALOG_ADD_IMPORT = "catalog.add_import";
    CATALOG_ADD_OPERATION = "catalog.add_operation";
    CATALOG_ADD_ROUTE = "catalog.add_route";
    CATALOG_CHANGES = "catalog.changes";
    CATALOG_CLEAR_DOCUMENTS = "catalog.clear_documents";
    CATALOG_CLEAR_OPERATIONS = "catalog.clear_operations";
    CATALOG_CLEAR_ROUTES = "catalog.clear_routes";
    CATALOG_DOCUMENTS = "catalog.documents";
    CATALOG_LAST_IMPORT = "catalog.last_import";
    CATALOG_OPERATIONS = "catalog.operations";
    CATALOG_ROUTES = "catalog.routes";
    DAY_ADD = "day.add";
    DAY_CALLS_BY_APP = "day.calls_by_app";
    DAY_PURGE = "day.purge";
    MARK_ADD = "mark.add";
    MARK_ADD_ALL = "mark.add_all";
    MARK_CLEAR = "mark.clear";
    MARK_CURRENT = "mark.current";
    MARK_LIST = "mark.list";
    MARK_NEXT = "mark.next";
    MARK_PURGE = "mark.purge";
    METHOD_ADD = "method.add";
    METHOD_COUNT = "method.count";
    METHOD_FIND = "method.find";
    METHOD_GET = "method.get";
    MOVE_ADD = "move.add";
    MOVE_CLEAR = "move.clear";
    MOVE_REMOVE_MOVED = "move.remove_moved";
    MOVE_TABLE = "move.table";
    MOVE_TALLIES = "move.tallies";
    POSITION_ADD = "position.add";
    POSITION_ADDED_SINCE = "position.added_since";
    POSITION_GET = "position.get";
    POSITION_HEAD_LENGTHS = "position.head_lengths";
    POSITION_LIST = "position.list";
    POSITION_MOVE = "position.move";
    POSITION_NEWEST = "position.newest";
    POSITION_WITH_HEAD = "position.with_head";
    REJECT_ADD = "reject.add";
    REJECT_LIST = "reject.list";
    ROUTE_ADD = "route.add";
    ROUTE_FIND = "route.find";
    ROUTE_GET = "route.get";
    ROUTE_PURGE = "route.purge";
    ROUTE_SEEN = "route.seen";
    SETTING_GET = "setting.get";
    SETTING_REMOVE = "setting.remove";
    SETTING_SET = "setting.set";
    TALLY_ADD = "tally.add";
    TALLY_LIST = "tally.list";
    TALLY_PURGE = "tally.purge";
    TALLY_UNDOCUMENTED = "tally.undocumented";
    TALLY_UNDOCUMENTED_OF = "tally.undocumented_of";
    VERDICT_LIST = "verdict.list";
    VERDICT_LIST_OF = "verdict.list_of";
    VERDICT_PURGE = "verdict.purge";
    VERDICT_REMOVE_DAY = "verdict.remove_day";
    VERDICT_SAVE = "verdict.save";
    VERDICT_SAVE_DAY = "verdict.save_day";
}
