package secrets_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
)

const (
	account = "123456789012"
	region  = "eu-central-1"
)

// serve puts a store behind HTTP and returns the SDK's configuration for it.
func serve(t *testing.T, s *secrets.Store) (aws.Config, string) {
	t.Helper()
	services := s.Services()
	server := httptest.NewServer(&awsjson.Handler{
		Services: func(awsjson.Caller) []*awsjson.Service { return services },
		Panicked: func(operation string, value any, stack []byte) { t.Errorf("%s: %v\n%s", operation, value, stack) },
	})
	t.Cleanup(server.Close)
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(server.URL),
		Credentials:  credentials.NewStaticCredentialsProvider(account, "secret", ""),
	}, server.URL
}

func clients(t *testing.T) (*secretsmanager.Client, *ssm.Client, *secrets.Store) {
	t.Helper()
	s := secrets.NewStore(account, region)
	cfg, _ := serve(t, s)
	return secretsmanager.NewFromConfig(cfg), ssm.NewFromConfig(cfg), s
}

// code asserts an API error's code and part of its text.
func code(t *testing.T, err error, want, fragment string) {
	t.Helper()
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, want, api.ErrorCode())
	assert.Contains(t, api.ErrorMessage(), fragment)
}

func TestSecretsManagerThroughTheClient(t *testing.T) {
	sm, _, _ := clients(t)
	ctx := t.Context()
	created, err := sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String("db/password"), SecretString: aws.String("hunter2"), Description: aws.String("the database"),
		Tags: []smtypes.Tag{{Key: aws.String("team"), Value: aws.String("a")}},
	})
	require.NoError(t, err)
	assert.Regexp(t, `^arn:aws:secretsmanager:eu-central-1:123456789012:secret:db/password-[A-Za-z0-9]{6}$`, *created.ARN)

	got, err := sm.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: created.ARN})
	require.NoError(t, err)
	assert.Equal(t, "hunter2", *got.SecretString)
	assert.Equal(t, created.VersionId, got.VersionId)
	assert.Equal(t, []string{"AWSCURRENT"}, got.VersionStages)
	assert.Nil(t, got.SecretBinary)
	assert.NotZero(t, got.CreatedDate)

	_, err = sm.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String("db/password"), SecretBinary: []byte{0, 255}})
	require.NoError(t, err)
	got, err = sm.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String("db/password")})
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 255}, got.SecretBinary)
	assert.Nil(t, got.SecretString)

	described, err := sm.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: created.ARN})
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{*created.VersionId: {"AWSPREVIOUS"}, *got.VersionId: {"AWSCURRENT"}}, described.VersionIdsToStages)
	assert.Equal(t, "the database", *described.Description)

	var missing *smtypes.ResourceNotFoundException
	_, err = sm.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String("other")})
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "Secrets Manager can't find the specified secret.", missing.ErrorMessage())
	assert.ErrorContains(t, err, "StatusCode: 400")

	for range 3 {
		_, err = sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("n" + rand(t, sm))})
		require.NoError(t, err)
	}
	pages := secretsmanager.NewListSecretsPaginator(sm, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(3)})
	var names []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		for _, e := range page.SecretList {
			names = append(names, *e.Name)
		}
	}
	assert.Len(t, names, 4)
}

func rand(t *testing.T, sm *secretsmanager.Client) string {
	t.Helper()
	out, err := sm.GetRandomPassword(t.Context(), &secretsmanager.GetRandomPasswordInput{
		PasswordLength: aws.Int64(12), ExcludePunctuation: aws.Bool(true),
	})
	require.NoError(t, err)
	return *out.RandomPassword
}

func TestParametersThroughTheClient(t *testing.T) {
	_, client, _ := clients(t)
	ctx := t.Context()
	put, err := client.PutParameter(ctx, &ssm.PutParameterInput{
		Name: aws.String("/app/key"), Value: aws.String("hunter2"), Type: ssmtypes.ParameterTypeSecureString,
	})
	require.NoError(t, err)
	assert.Equal(t, int64(1), put.Version)
	assert.Equal(t, ssmtypes.ParameterTierStandard, put.Tier)

	closed, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/app/key")})
	require.NoError(t, err)
	assert.Regexp(t, "^AQICAH", *closed.Parameter.Value)
	opened, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: closed.Parameter.ARN, WithDecryption: aws.Bool(true)})
	require.NoError(t, err)
	assert.Equal(t, "hunter2", *opened.Parameter.Value)
	assert.Equal(t, "arn:aws:ssm:eu-central-1:123456789012:parameter/app/key", *opened.Parameter.ARN)

	var missing *ssmtypes.ParameterNotFound
	_, err = client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/app/none")})
	require.ErrorAs(t, err, &missing)

	found, err := client.DescribeParameters(ctx, &ssm.DescribeParametersInput{})
	require.NoError(t, err)
	require.Len(t, found.Parameters, 1)
	assert.Equal(t, "alias/aws/ssm", *found.Parameters[0].KeyId)
}

// post sends an operation as a client without checks of its own does.
func post(t *testing.T, url, target, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var out map[string]any
	require.NoError(t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, out
}

// Every operation of both SDK clients either works or names itself, and none
// minds an empty request.
func TestEveryOperationOfTheModelAnswers(t *testing.T) {
	_, url := serve(t, secrets.NewStore(account, region))
	supported := 0
	for prefix, client := range map[string]any{
		"secretsmanager": &secretsmanager.Client{}, "AmazonSSM": &ssm.Client{},
	} {
		for i := range reflect.TypeOf(client).NumMethod() {
			name := reflect.TypeOf(client).Method(i).Name
			if name == "Options" {
				continue
			}
			status, out := post(t, url, prefix+"."+name, "{}")
			assert.Less(t, status, 500, name)
			if out["__type"] != "UnsupportedOperationException" {
				supported++
				continue
			}
			assert.Contains(t, out["message"], name)
			assert.Contains(t, out["message"], map[string]string{"secretsmanager": "secretsmanager", "AmazonSSM": "ssm"}[prefix])
		}
	}
	assert.Equal(t, 18+13, supported)
}

func TestOperationsThatNoModelHas(t *testing.T) {
	_, url := serve(t, secrets.NewStore(account, region))
	for _, target := range []string{"secretsmanager.MakeTea", "secretsmanager.Options", "AmazonSSM.", "AmazonSSM.getParameter"} {
		status, out := post(t, url, target, "{}")
		assert.Equal(t, 400, status)
		assert.Equal(t, "UnknownOperationException", out["__type"], target)
	}
}

func TestRequestsThatTheGoClientWouldNotSend(t *testing.T) {
	s := secrets.NewStore(account, region)
	s.Put("there", "hunter2")
	s.PutParameter("there", "hunter2")
	_, url := serve(t, s)
	long := strings.Repeat("x", 3000)
	for _, c := range []struct{ target, body, code string }{
		{"secretsmanager.CreateSecret", `{}`, "ValidationException"},
		{"secretsmanager.CreateSecret", `{"Name":""}`, "ValidationException"},
		{"secretsmanager.CreateSecret", `{"Name":"` + long + `"}`, "ValidationException"},
		{"secretsmanager.CreateSecret", `{"Name":"a","Tags":[{}]}`, "ValidationException"},
		{"secretsmanager.CreateSecret", `{"Name":"a","SecretString":1}`, "SerializationException"},
		{"secretsmanager.GetSecretValue", `{"SecretId":null}`, "ValidationException"},
		{"secretsmanager.ListSecrets", `{"MaxResults":0}`, "ValidationException"},
		{"secretsmanager.ListSecrets", `{"SortBy":"colour"}`, "ValidationException"},
		{"secretsmanager.ListSecrets", `{"NextToken":"no"}`, "InvalidNextTokenException"},
		{"secretsmanager.ListSecrets", `{"Filters":[{"Key":"colour","Values":["a"]}]}`, "ValidationException"},
		{"secretsmanager.ListSecrets", `{"Filters":[{"Key":"name"}]}`, "ValidationException"},
		{"secretsmanager.TagResource", `{"SecretId":"there"}`, "ValidationException"},
		{"secretsmanager.UntagResource", `{"SecretId":"there"}`, "ValidationException"},
		{"secretsmanager.UpdateSecretVersionStage", `{"SecretId":"there"}`, "ValidationException"},
		{"secretsmanager.BatchGetSecretValue", `{}`, "InvalidParameterException"},
		{"AmazonSSM.PutParameter", `{"Name":"a"}`, "ValidationException"},
		{"AmazonSSM.PutParameter", `{"Name":"a","Value":"b","Type":"Blob"}`, "ValidationException"},
		{"AmazonSSM.PutParameter", `{"Name":"a","Value":"b","Type":"String","Tags":[{"Key":"k"}]}`, "ValidationException"},
		{"AmazonSSM.PutParameter", `{"Name":"a","Value":"b","Type":"String","Tags":[{"Key":"aws:k","Value":""}]}`, "ValidationException"},
		{"AmazonSSM.GetParameter", `{}`, "ValidationException"},
		{"AmazonSSM.GetParameters", `{"Names":[]}`, "ValidationException"},
		{"AmazonSSM.GetParametersByPath", `{"Path":"a"}`, "ValidationException"},
		{"AmazonSSM.GetParametersByPath", `{"Path":"/","NextToken":"ZnJvbTotMQ=="}`, "InvalidNextToken"},
		{"AmazonSSM.GetParametersByPath", `{"Path":"/","ParameterFilters":[{"Key":"Label"}]}`, "InvalidFilterValue"},
		{"AmazonSSM.DescribeParameters", `{"ParameterFilters":[{}]}`, "InvalidFilterKey"},
		{"AmazonSSM.DescribeParameters", `{"ParameterFilters":[{"Key":"Name","Option":"Like","Values":["a"]}]}`, "InvalidFilterOption"},
		{"AmazonSSM.DescribeParameters", `{"Filters":[{"Key":"Colour","Values":["a"]}]}`, "InvalidFilterKey"},
		{"AmazonSSM.AddTagsToResource", `{"ResourceType":"Document","ResourceId":"there"}`, "InvalidResourceType"},
		{"AmazonSSM.ListTagsForResource", `{"ResourceType":"Parameter","ResourceId":"other"}`, "InvalidResourceId"},
		{"AmazonSSM.LabelParameterVersion", `{"Name":"there"}`, "ValidationException"},
	} {
		status, out := post(t, url, c.target, c.body)
		assert.Equal(t, 400, status, c)
		assert.Equal(t, c.code, out["__type"], "%s %s: %v", c.target, c.body, out)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	s := secrets.NewStore(account, region)
	for _, service := range []func() any{
		func() any {
			out, _ := s.Manager.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
			return out
		},
		func() any {
			out, _ := s.Parameters.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{})
			return out
		},
	} {
		assert.True(t, bytes.Contains(awsjson.Marshal(service()), []byte(":[]")))
	}
}
