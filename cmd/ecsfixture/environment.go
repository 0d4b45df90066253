package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// variable is set in the environment of a client.
type variable struct{ name, value string }

// clientVariables make the SDKs and the command lines of AWS call a fixture.
func clientVariables(fx *ecsfixture.Fixture) []variable {
	return []variable{
		{"AWS_ENDPOINT_URL", fx.URL},
		{"AWS_REGION", fx.Region},
		{"AWS_DEFAULT_REGION", fx.Region},
		{"AWS_ACCESS_KEY_ID", fx.Account}, // tells the account
		{"AWS_SECRET_ACCESS_KEY", "ecsfixture"},
	}
}

// otherwise are variables that would lead a client elsewhere.
var otherwise = []string{
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
	"AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SSM",
	"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL_STS",
}

// clientEnvironment is an environment changed for clients of a fixture.
func clientEnvironment(env []string, fx *ecsfixture.Fixture) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(otherwise, name)
	})
	for _, v := range clientVariables(fx) {
		out = append(out, v.name+"="+v.value)
	}
	return out
}

// shellEnvironment is the same for a shell to read.
func shellEnvironment(fx *ecsfixture.Fixture) string {
	var b strings.Builder
	for _, v := range clientVariables(fx) {
		fmt.Fprintf(&b, "export %s=%s\n", v.name, v.value)
	}
	fmt.Fprintf(&b, "unset %s\n", strings.Join(otherwise, " "))
	return b.String()
}
