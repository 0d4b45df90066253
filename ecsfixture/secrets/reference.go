package secrets

import "strings"

// reference is a valueFrom, taken apart.
type reference struct {
	parameter string // the name or ARN of an SSM parameter, or
	secret    string // the full or partial ARN of a secret
	key       string // of the JSON object that the secret is
	stage     string
	version   string
}

// parse takes a valueFrom apart. What is no ARN names an SSM parameter. A
// problem, if not empty, says what is wrong.
func parse(valueFrom string) (r reference, problem string) {
	if !strings.HasPrefix(valueFrom, "arn:") {
		return reference{parameter: valueFrom}, ""
	}
	parts := strings.SplitN(valueFrom, ":", 6)
	switch {
	case len(parts) < 6:
		return reference{}, msgInvalidARN
	case parts[2] == "ssm" && strings.HasPrefix(parts[5], "parameter/"):
		return reference{parameter: valueFrom}, ""
	case parts[2] == "secretsmanager" && strings.HasPrefix(parts[5], "secret:"):
		return parseSecret(valueFrom)
	}
	return reference{}, msgInvalidARN
}

// parseSecret reads arn:aws:secretsmanager:R:A:secret:name and, behind it,
// nothing or all of :json-key:version-stage:version-id.
func parseSecret(valueFrom string) (reference, string) {
	const plain, full = 7, 10
	parts := strings.Split(valueFrom, ":")
	switch {
	case parts[plain-1] == "":
		return reference{}, msgInvalidARN
	case len(parts) == plain:
		return reference{secret: valueFrom}, ""
	case len(parts) != full:
		return reference{}, msgInvalidARNParts
	}
	return reference{
		secret:  strings.Join(parts[:plain], ":"),
		key:     parts[plain],
		stage:   parts[plain+1],
		version: parts[plain+2],
	}, ""
}
