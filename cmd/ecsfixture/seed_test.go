package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seedFile writes a seed.
func seedFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// TestSeed in both forms.
func TestSeed(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"seed.yaml": `
secrets:
  pin: 0042 # as it is written
  db: {user: app, port: 5432}
parameters:
  /app/debug: yes
  /app/token: {secure: s3cr3t}
`,
		"seed.json": `{"secrets": {"pin": "0042", "db": {"user": "app", "port": 5432}},
			"parameters": {"/app/debug": "yes", "/app/token": {"secure": "s3cr3t"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, "--runtime", "simulated", "--seed", seedFile(t, name, text))
			o := s.client().Options()
			secrets := secretsmanager.New(secretsmanager.Options{BaseEndpoint: o.BaseEndpoint, Region: o.Region, Credentials: o.Credentials})
			for name, want := range map[string]string{"pin": "0042", "db": `{"port":5432,"user":"app"}`} {
				out, err := secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(name)})
				require.NoError(t, err)
				assert.Equal(t, want, *out.SecretString)
			}
			parameters := ssm.New(ssm.Options{BaseEndpoint: o.BaseEndpoint, Region: o.Region, Credentials: o.Credentials})
			for name, want := range map[string]types.Parameter{
				"/app/debug": {Type: types.ParameterTypeString, Value: aws.String("yes")},
				"/app/token": {Type: types.ParameterTypeSecureString, Value: aws.String("s3cr3t")},
			} {
				out, err := parameters.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String(name), WithDecryption: aws.Bool(true)})
				require.NoError(t, err)
				assert.Equal(t, want, types.Parameter{Type: out.Parameter.Type, Value: out.Parameter.Value})
			}
			s.stop(t)
			assert.Contains(t, s.log.String(), "msg=secret name=db arn=arn:aws:secretsmanager:us-east-1:000000000000:secret:db-")
			assert.NotContains(t, s.log.String(), "s3cr3t")
		})
	}
}

// TestSeedOfImages puts an image that is there in the place of one that isn't.
func TestSeedOfImages(t *testing.T) {
	t.Parallel()
	const wanted = "123456789012.dkr.ecr.us-east-1.amazonaws.com/worker:1"
	s := serve(t, "--session", session(t), "--pull", "never", "--seed", seedFile(t, "seed.yaml", "images: {"+wanted+": "+image(t)+"}"))
	s.runAwsvpc(t, wanted)
	assert.Zero(t, s.stop(t), s.log)
}

func TestSeedOfImagesWithoutImages(t *testing.T) {
	t.Parallel()
	o := ended(t, command(t, "exec", "--runtime", "simulated", "--seed", seedFile(t, "seed.yaml", "images: {a: b}"), "true"))
	assert.Zero(t, o.code)
	assert.Contains(t, o.errors, "images of the seed have no effect")
}

func TestBadSeeds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"secret: {a: b}":                "line 1: field secret is not known; a seed has secrets, parameters and images",
		"secrets: {a: }":                `secret \"a\"`,
		"secrets: {a: [b]}":             "line 1: a text is missing",
		"parameters: {a: {plain: b}}":   "line 1: a parameter is a text, or {secure: text}",
		"parameters: {a: {secure: {}}}": "line 1: a text is missing",
		"secrets: {'a b': c}":           "name",
		"parameters: {'aws': c}":        "aws",
		"secrets: [":                    "yaml",
	} {
		o := ended(t, command(t, "exec", "--runtime", "simulated", "--seed", seedFile(t, "seed.yaml", text), "true"))
		assert.Equal(t, 125, o.code, text)
		assert.Contains(t, o.errors, want, text)
	}
	o := ended(t, command(t, "exec", "--runtime", "simulated", "--seed", seedFile(t, "empty.yaml", ""), "true"))
	assert.Zero(t, o.code, o.errors)
}
