/// The message for each code, in the vendors' wording. There is one table per interface, because a code can have
/// several meanings. Each vendor's folder contains its tables.
enum CodeMessages {}
