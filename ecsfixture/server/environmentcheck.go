package server

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxEnvironmentFiles = 10

func checkEnvironment(c *types.ContainerDefinition) error {
	return each(c.Environment, func(e *types.KeyValuePair) error {
		return firstOf(when(aws.ToString(e.Name) == "", msgNull, "Environment.name"))
	})
}

// checkSecrets also keeps a secret from sharing its variable.
func checkSecrets(c *types.ContainerDefinition) error {
	if err := each(c.Secrets, checkSecret); err != nil {
		return err
	}
	names := keysOf(c.Secrets, func(s *types.Secret) string { return *s.Name })
	name, twice := duplicate(names)
	variable, both := shared(names, keysOf(c.Environment, func(e *types.KeyValuePair) string { return *e.Name }))
	return firstOf(
		when(twice, msgSecretTwice, name),
		when(both, msgSecretShared, variable),
	)
}

func checkSecret(s *types.Secret) error {
	return firstOf(
		when(aws.ToString(s.Name) == "", msgNull, "Secret.name"),
		when(aws.ToString(s.ValueFrom) == "", msgNull, "Secret.valueFrom"),
	)
}

// shared returns the first of the keys a that is in b too.
func shared(a, b []string) (string, bool) {
	in := map[string]bool{}
	for _, k := range b {
		in[k] = true
	}
	for _, k := range a {
		if in[k] {
			return k, true
		}
	}
	return "", false
}

func checkEnvironmentFiles(c *types.ContainerDefinition) error {
	if len(c.EnvironmentFiles) > maxEnvironmentFiles {
		return clientException(msgEnvironmentFiles, *c.Name, maxEnvironmentFiles)
	}
	return each(c.EnvironmentFiles, func(f *types.EnvironmentFile) error {
		if err := checkEnum("environmentFiles.type", f.Type); err != nil {
			return err
		}
		return firstOf(
			when(f.Type == "", msgNull, "EnvironmentFile.type"),
			when(!environmentFile(aws.ToString(f.Value)), msgEnvironmentFile),
		)
	})
}

// environmentFile reports whether ref names a file: an object in S3, or a
// local one, which this endpoint takes as well.
func environmentFile(ref string) bool {
	s3 := strings.HasPrefix(ref, "arn:") && strings.Contains(ref, ":s3:::")
	return (s3 || strings.HasPrefix(ref, "file://")) && strings.HasSuffix(ref, ".env")
}
