package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clear is what must not show. It is no part of a Go name or an ARN.
const clear = "Qz~hunter2~zQ"

// printed is x in all the ways in which programs print things.
func printed(x any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", x)
	}
	attr := slog.Any("x", x)
	slog.New(slog.NewTextHandler(&b, nil)).Info("m", attr)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("m", attr)
	document, _ := json.Marshal(x)
	b.Write(document)
	return b.String()
}

func assertHidden(t *testing.T, x any) {
	t.Helper()
	text := printed(x)
	for _, shape := range []string{clear, fmt.Sprintf("%x", clear), strings.Trim(fmt.Sprint([]byte(clear)), "[]"), "hunter2"} {
		assert.NotContains(t, text, shape)
	}
}

func TestValueHidesItself(t *testing.T) {
	for _, v := range []value{textValue(clear), binaryValue([]byte(clear)), {}} {
		assertHidden(t, v)
		assertHidden(t, &v)
		assertHidden(t, []value{v})
		assertHidden(t, map[string]any{"k": v})
		assertHidden(t, struct{ v value }{v}) // fmt calls no methods here
		assertHidden(t, struct{ V value }{v})
		assert.Equal(t, "[redacted]", fmt.Sprint(v))
		assert.Equal(t, "[redacted]", v.String())
		assert.Equal(t, "[redacted]", v.GoString())
		text, err := v.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, "[redacted]", string(text))
		assert.Contains(t, printed(v), `"x":"[redacted]"`)
	}
}

// filled returns a store that has the clear text in each of its places.
func filled(t testing.TB) *Store {
	s := NewStore("123456789012", "eu-central-1")
	s.Refused = func(err error) { t.Error(err) }
	s.Put("text", clear)
	s.Put("text", clear)
	s.PutBinary("binary", []byte(clear))
	s.PutJSON("object", map[string]any{"key": clear, "nested": map[string]string{"key": clear}})
	s.Put("broken", "{"+clear)
	s.PutParameter("/text", clear)
	s.PutSecureParameter("/secure", clear)
	return s
}

func TestStoreHidesItsValues(t *testing.T) {
	s := filled(t)
	assertHidden(t, s)
	assertHidden(t, *s)
	assertHidden(t, s.Manager)
	assertHidden(t, s.Parameters)
	for _, kept := range s.Manager.secrets {
		assertHidden(t, *kept)
		assertHidden(t, *kept.versions[0])
	}
	for _, kept := range s.Parameters.byName {
		assertHidden(t, *kept)
		assertHidden(t, *kept.revisions[0])
	}
}

func TestErrorsHideValues(t *testing.T) {
	s := filled(t)
	ctx := t.Context()
	arn := s.Manager.prefix
	token := aws.String("0123456789-0123456789-0123456789")
	fail := func(_ any, err error) {
		t.Helper()
		require.Error(t, err)
		for e := err; e != nil; e = errors.Unwrap(e) {
			assertHidden(t, e)
		}
	}
	for _, valueFrom := range []string{
		"text", "/text:9", arn + "text:key::", arn + "broken:key::", arn + "object:other::", arn + "binary", arn + "text::none:", arn + "text:x",
	} {
		fail(s.Resolve(ctx, valueFrom))
	}
	for _, id := range []string{"text", "broken", "binary", "object"} {
		_, _, err := s.RegistryAuth(ctx, id)
		fail(nil, err)
	}
	_, err := s.Manager.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String("text"), SecretString: aws.String("other"), ClientRequestToken: token,
	})
	require.NoError(t, err)
	long := aws.String(strings.Repeat(clear, 6000))
	fail(s.Manager.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("text"), SecretString: aws.String(clear)}))
	fail(s.Manager.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("a"), SecretString: long}))
	fail(s.Manager.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("a"), SecretString: long, SecretBinary: []byte(clear)}))
	fail(s.Manager.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String("text"), SecretString: aws.String(clear), ClientRequestToken: token,
	}))
	put := ssm.PutParameterInput{Name: aws.String("/text"), Value: aws.String(clear), Type: ssmtypes.ParameterTypeString}
	fail(s.Parameters.PutParameter(ctx, &put))
	put.Name, put.AllowedPattern = aws.String("/new"), aws.String("^[0-9]+$")
	fail(s.Parameters.PutParameter(ctx, &put))
	put.AllowedPattern, put.Value = nil, long
	fail(s.Parameters.PutParameter(ctx, &put))
}

func TestListsHideValues(t *testing.T) {
	s := filled(t)
	ctx := t.Context()
	for _, list := range []func() (any, error){
		func() (any, error) { return s.Manager.ListSecrets(ctx, &secretsmanager.ListSecretsInput{}) },
		func() (any, error) {
			return s.Manager.ListSecrets(ctx, &secretsmanager.ListSecretsInput{
				Filters: []types.Filter{{Key: types.FilterNameStringTypeAll, Values: []string{"Qz~"}}},
			})
		},
		func() (any, error) {
			return s.Manager.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: aws.String("text")})
		},
		func() (any, error) { return s.Parameters.DescribeParameters(ctx, &ssm.DescribeParametersInput{}) },
	} {
		out, err := list()
		require.NoError(t, err)
		assertHidden(t, out)
	}
}

func FuzzResolve(f *testing.F) {
	s := filled(f)
	arn := s.Manager.prefix
	for _, seed := range []string{
		"", "text", "/text", "/secure:1", arn + "text", arn + "text:::", arn + "object:key::", arn + "object:nested:AWSCURRENT:",
		arn + "broken:key::", arn + "binary", arn + "text::AWSPREVIOUS:", arn + "::::", "arn:", "arn:aws:ssm:::parameter/", s.Parameters.prefix + "text",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, valueFrom string) {
		got, err := s.Resolve(t.Context(), valueFrom)
		if (err == nil) != (got != "") {
			t.Fatalf("%q and %v", got, err)
		}
		if err == nil || strings.Contains(valueFrom, "hunter2") {
			return
		}
		var e *ResolveError
		if !errors.As(err, &e) {
			t.Fatalf("%T is no ResolveError", err)
		}
		if text := printed(err) + e.EC2() + e.Hint(); strings.Contains(text, "hunter2") {
			t.Fatal(text)
		}
	})
}
