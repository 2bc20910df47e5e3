/// What the codes mean, in the vendors' way of reported it, by interface: one code can mean two things.
/// Each vendor's folder has its tables.
enum CodeText {}
