package secrets_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
)

const unknown = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf"

func TestResolveEveryForm(t *testing.T) {
	s := secrets.NewStore(account, region)
	plain := s.Put("plain", "one")
	v1 := *create(t, s.Manager, "moved", "old").VersionId
	moved := s.Put("moved", "new")
	object := s.PutJSON("object", map[string]any{
		"user": "app", "port": 5432, "ratio": 0.10, "big": 12345678901234567, "on": true, "none": nil, "list": []int{1, 2}, "a:b": "x",
	})
	numbers := s.Put("numbers", `{"n": 1.50, "e": 1e6}`)
	parameter := s.PutParameter("/app/key", "three")
	s.PutParameter("/app/key", "four")
	s.PutSecureParameter("key", "five")
	partial := func(arn string) string { return arn[:len(arn)-7] }
	for valueFrom, want := range map[string]string{
		plain:                         "one",
		partial(plain):                "one",
		plain + ":::":                 "one",
		moved:                         "new",
		moved + "::AWSCURRENT:":       "new",
		moved + "::AWSPREVIOUS:":      "old",
		partial(moved) + ":::" + v1:   "old",
		moved + "::AWSPREVIOUS:" + v1: "old",
		object + ":user::":            "app",
		partial(object) + ":port::":   "5432",
		object + ":big:AWSCURRENT:":   "12345678901234567",
		object + ":on::":              "true",
		object + ":none::":            "<nil>",
		object + ":list::":            "[1 2]",
		numbers + ":n::":              "1.50",
		numbers + ":e::":              "1e6",
		parameter:                     "four",
		"/app/key":                    "four",
		"/app/key:1":                  "three",
		"key":                         "five",
		strings.Replace(parameter, "app/key", "key", 1): "five",
	} {
		got, err := s.Resolve(t.Context(), valueFrom)
		require.NoError(t, err, valueFrom)
		assert.Equal(t, want, got, valueFrom)
	}
}

const fargate = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "

func TestResolveErrors(t *testing.T) {
	s := secrets.NewStore(account, region)
	v1 := *create(t, s.Manager, "moved", "old").VersionId
	moved := s.Put("moved", "hunter2")
	object := s.PutJSON("object", map[string]string{"password": "hunter2"})
	list := s.Put("list", `["hunter2"]`)
	two := s.Put("two", `{"a":"hunter2"} {"a":1}`)
	binary := s.PutBinary("binary", []byte("hunter2"))
	retried := fargate + "unable to retrieve secret from asm: service call has been retried 1 time(s): "
	fetch := retried + "failed to fetch secret %s from secrets manager: %s"
	badARN := fargate + "unable to retrieve secret from asm: trying to retrieve secret with value %s resulted in error: %s"
	invalidARN := "an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again."
	parts := "unexpected ARN format with parameters when trying to retrieve ASM secret"
	ssm := fargate + "unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: "
	for valueFrom, want := range map[string]string{
		unknown:                fmt.Sprintf(fetch, unknown, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
		unknown + ":key::":     fmt.Sprintf(fetch, unknown, "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
		moved + "::none:":      fmt.Sprintf(fetch, moved, "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: none"),
		moved + ":::" + v1[1:]: fmt.Sprintf(fetch, moved, "ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: "+v1[1:]),
		moved + "::AWSCURRENT:" + v1: fmt.Sprintf(fetch, moved,
			"InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId."),
		moved + ":key::":    retried + "retrieved secret from Secrets Manager is not a JSON object, so json key key can't be read",
		list + ":0::":       retried + "retrieved secret from Secrets Manager is not a JSON object, so json key 0 can't be read",
		two + ":a::":        retried + "retrieved secret from Secrets Manager is not a JSON object, so json key a can't be read",
		object + ":other::": retried + "retrieved secret from Secrets Manager did not contain json key other",
		binary:              retried + "retrieved secret from Secrets Manager has a SecretBinary: Amazon ECS supports a SecretString only",
		moved + ":key":      fmt.Sprintf(badARN, moved+":key", parts),
		moved + ":key:":     fmt.Sprintf(badARN, moved+":key:", parts),
		moved + ":a:b:c:d":  fmt.Sprintf(badARN, moved+":a:b:c:d", parts),
		"arn:":              fmt.Sprintf(badARN, "arn:", invalidARN),
		"arn:aws:s3:::b/k":  fmt.Sprintf(badARN, "arn:aws:s3:::b/k", invalidARN),
		"arn:aws:ssm:eu-central-1:123456789012:document/x":         fmt.Sprintf(badARN, "arn:aws:ssm:eu-central-1:123456789012:document/x", invalidARN),
		"arn:aws:secretsmanager:eu-central-1:123456789012:secret:": fmt.Sprintf(badARN, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:", invalidARN),
		"moved": ssm + "moved",
		"/none": ssm + "/none",
		"":      ssm,
		"arn:aws:ssm:us-east-1:123456789012:parameter/x": ssm + "arn:aws:ssm:us-east-1:123456789012:parameter/x",
	} {
		value, err := s.Resolve(t.Context(), valueFrom)
		assert.Empty(t, value)
		var e *secrets.ResolveError
		require.ErrorAs(t, err, &e, valueFrom)
		assert.Equal(t, want, err.Error())
		assert.Equal(t, valueFrom, e.Ref.ValueFrom)
		assert.Equal(t, valueFrom == "moved", e.Hint() != "", e.Hint())
	}
	_, err := s.Resolve(t.Context(), unknown)
	var missing *types.ResourceNotFoundException
	require.ErrorAs(t, err, &missing)
}

func TestResolveErrorsOnEC2(t *testing.T) {
	s := secrets.NewStore(account, region)
	for valueFrom, want := range map[string]string{
		unknown: "ResourceInitializationError: fetching secret data from AWS Secrets Manager in region eu-central-1: secret " + unknown +
			": ResourceNotFoundException: Secrets Manager can't find the specified secret.",
		"a": "ResourceInitializationError: fetching secret data from SSM Parameter Store in eu-central-1: invalid parameters: a",
	} {
		_, err := s.Resolve(t.Context(), valueFrom)
		var e *secrets.ResolveError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, want, e.EC2())
	}
}

func TestResolveAll(t *testing.T) {
	s := secrets.NewStore(account, region)
	arn := s.Put("s", "hunter2")
	refs := []secrets.Ref{{Name: "SECRET", ValueFrom: arn}}
	want := []string{"hunter2"}
	for i := range 25 {
		name := fmt.Sprintf("/p/%d", i)
		s.PutParameter(name, fmt.Sprint(i))
		refs = append(refs, secrets.Ref{Name: fmt.Sprint("P", i), ValueFrom: name}, secrets.Ref{Name: fmt.Sprint("Q", i), ValueFrom: name})
		want = append(want, fmt.Sprint(i), fmt.Sprint(i))
	}
	values, err := s.ResolveAll(t.Context(), refs)
	require.NoError(t, err)
	assert.Equal(t, want, values)

	s.DeleteParameter("/p/3")
	s.DeleteParameter("/p/21")
	_, err = s.ResolveAll(t.Context(), refs)
	var e *secrets.ResolveError
	require.ErrorAs(t, err, &e)
	assert.ErrorContains(t, err, "invalid ssm parameters: /p/3,/p/21")
	assert.Equal(t, secrets.Ref{Name: "P3", ValueFrom: "/p/3"}, e.Ref)

	values, err = s.ResolveAll(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, values)
}

func TestResolveStopsWithItsContext(t *testing.T) {
	s := secrets.NewStore(account, region)
	arn := s.Put("s", "hunter2")
	s.PutParameter("p", "hunter2")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, valueFrom := range []string{arn, "p"} {
		_, err := s.Resolve(ctx, valueFrom)
		require.ErrorIs(t, err, context.Canceled)
	}
	_, _, err := s.RegistryAuth(ctx, arn)
	require.ErrorIs(t, err, context.Canceled)
}

func TestRegistryAuth(t *testing.T) {
	s := secrets.NewStore(account, region)
	arn := s.PutJSON("registry", map[string]string{"username": "me", "password": "hunter2"})
	for _, id := range []string{arn, "registry"} {
		user, password, err := s.RegistryAuth(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, []string{"me", "hunter2"}, []string{user, password})
	}
	s.Put("text", "hunter2")
	s.PutJSON("half", map[string]string{"username": "hunter2"})
	s.PutJSON("numeric", map[string]any{"username": "hunter2", "password": 1})
	s.PutBinary("binary", []byte("hunter2"))
	for id, want := range map[string]string{
		"none":    "asm fetching secret from the service for none: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
		"text":    "the secret text is not a JSON object with username and password",
		"binary":  "the secret binary is not a JSON object",
		"half":    "asm fetching password: AuthorizationData is malformed, empty field",
		"numeric": "asm fetching password",
	} {
		user, password, err := s.RegistryAuth(t.Context(), id)
		assert.Empty(t, user+password)
		var e *secrets.ResolveError
		require.ErrorAs(t, err, &e)
		assert.ErrorContains(t, err, "unable to get registry auth from asm: service call has been retried 1 time(s): ")
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error()+e.EC2(), "hunter2")
	}
}

func TestStorePuts(t *testing.T) {
	s := secrets.NewStore(account, region)
	var refused []error
	s.Refused = func(err error) { refused = append(refused, err) }
	arn := s.Put("s", "1")
	assert.Equal(t, arn, s.Put("s", "2"), "an update keeps the ARN")
	assert.Len(t, stages(t, s.Manager, "s"), 2)

	_, err := s.Manager.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String("s")})
	require.NoError(t, err)
	assert.Equal(t, arn, s.Put("s", "3"), "it is restored")
	assert.Equal(t, "3", get(t, s.Manager, arn))
	s.Delete(arn)
	s.Delete("none")
	assert.NotEqual(t, arn, s.Put("s", "4"))
	assert.Equal(t, "arn:aws:ssm:eu-central-1:123456789012:parameter/p", s.PutParameter("p", strings.Repeat("x", 8192)))
	assert.Empty(t, refused)

	for _, arn := range []string{
		s.Put("a b", "hunter2"), s.Put("", "hunter2"), s.Put("a", ""), s.Put("a", strings.Repeat("hunter2", 10000)),
		s.PutBinary("a", nil), s.PutJSON("a", func() {}), s.PutJSON("a b", 1),
		s.PutParameter("aws", "hunter2"), s.PutSecureParameter("p", ""), s.PutParameter("p", strings.Repeat("hunter2", 2000)),
	} {
		assert.Empty(t, arn)
	}
	assert.Len(t, refused, 10)
	assert.NotContains(t, fmt.Sprint(refused), "hunter2")
}

func TestPartitions(t *testing.T) {
	for region, want := range map[string]string{"eu-west-1": "arn:aws:", "cn-north-1": "arn:aws-cn:", "us-gov-west-1": "arn:aws-us-gov:"} {
		s := secrets.NewStore(account, region)
		for _, arn := range []string{s.Put("s", "v"), s.PutParameter("p", "v")} {
			assert.True(t, strings.HasPrefix(arn, want), arn)
			got, err := s.Resolve(t.Context(), arn)
			require.NoError(t, err)
			assert.Equal(t, "v", got)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s := secrets.NewStore(account, region)
	arn := s.Put("s", "0")
	s.PutSecureParameter("p", "0")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s.Put("s", fmt.Sprint(i))
			s.PutSecureParameter("p", fmt.Sprint(i))
			values, err := s.ResolveAll(t.Context(), []secrets.Ref{{ValueFrom: arn}, {ValueFrom: "p"}})
			assert.NoError(t, err)
			assert.Len(t, values, 2)
			listSecrets(t, s.Manager, &secretsmanager.ListSecretsInput{})
			_, _ = s.Resolve(t.Context(), "s")
			s.Delete("other")
		})
	}
	all.Wait()
	assert.Equal(t, int64(21), read(t, s.Parameters, "p").Version)
}
