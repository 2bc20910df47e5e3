"""Evaluates the findings of testssl.sh for scripts/tls-grade. Usage: evaluate.py FINDINGS.json"""

import json
import sys

SEVERE = {"MEDIUM", "HIGH", "CRITICAL", "FATAL"}

# Expected findings and their reasons.
EXPLAINED = {
    "cert_revocation": "the local authority of this script publishes no revocation lists",
    "security_headers": "the gateway serves JSON to programs; these fields protect web pages",
}

# The SSL Labs requirements of grade A. testssl.sh 3.0 (Debian 12) reports these findings, but does not compute a grade.
REQUIRED = {
    "SSLv2": "not offered", "SSLv3": "not offered", "TLS1": "not offered", "TLS1_1": "not offered",
    "TLS1_2": "offered", "TLS1_3": "offered", "PFS": "offered", "FS": "offered",
    "cipherlist_NULL": "not offered", "cipherlist_aNULL": "not offered", "cipherlist_EXPORT": "not offered",
    "cipherlist_LOW": "not offered", "cipherlist_3DES_IDEA": "not offered", "cipherlist_AVERAGE": "not offered",
    "cipherlist_STRONG": "offered", "cert_chain_of_trust": "passed", "secure_renego": "supported",
    "secure_client_renego": "not vulnerable", "CRIME_TLS": "not vulnerable",
}
# Names of the same finding in testssl.sh 3.0 and in later versions.
EITHER = [{"PFS", "FS"}, {"cipherlist_AVERAGE", "cipherlist_OBSOLETED"}, {"cipherlist_STRONG", "cipherlist_STRONG_FS"}]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        findings = json.load(file)
    found = {finding["id"].split(" ")[0]: finding["finding"] for finding in findings}
    faults = []
    for finding in findings:
        if finding["severity"] not in SEVERE:
            continue
        name = finding["id"].split(" ")[0]
        text = f"{finding['severity']} {name}: {finding['finding']}"
        if name in EXPLAINED:
            print(f"tls-grade: expected: {text} ({EXPLAINED[name]})")
        else:
            faults.append(text)
    for name, wanted in REQUIRED.items():
        if name not in found and any(name in names and names & set(found) for names in EITHER):
            continue
        if not found.get(name, "missing").startswith(wanted):
            faults.append(f"{name}: {found.get(name, 'missing')}; grade A requires: {wanted}")
    grade = found.get("overall_grade")
    if grade is not None and not grade.startswith("A"):
        faults.append(f"grade {grade}")
    for fault in faults:
        print(f"tls-grade: {fault}", file=sys.stderr)
    if faults:
        return 1
    print(f"tls-grade: grade {grade}" if grade else "tls-grade: the requirements of grade A are met")
    return 0


if __name__ == "__main__":
    sys.exit(main())
