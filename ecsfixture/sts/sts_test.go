package sts_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

// newClient returns a client of a new STS, which signs with an access key.
func newClient(t *testing.T) (*sts.Sessions, func(key string) *client.Client) {
	t.Helper()
	sessions := new(sts.Sessions)
	server := httptest.NewServer(&sts.Handler{
		Sessions: sessions, Account: func(awsjson.Caller) string { return "000000000000" },
	})
	t.Cleanup(server.Close)
	return sessions, func(key string) *client.Client {
		return client.New(client.Options{
			BaseEndpoint: aws.String(server.URL), Region: "eu-west-1",
			Credentials: credentials.NewStaticCredentialsProvider(key, "secret", ""),
		})
	}
}

func TestCallersWithoutSessionAreTheRoot(t *testing.T) {
	_, as := newClient(t)
	out, err := as("AKIDANYTHING").GetCallerIdentity(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::000000000000:root", *out.Arn)
	assert.Equal(t, "000000000000", *out.Account)
}

func TestAssumedRolesAreKnown(t *testing.T) {
	_, as := newClient(t)
	out, err := as("AKIDANYTHING").AssumeRole(t.Context(), &client.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::123456789012:role/teams/app"), RoleSessionName: aws.String("me"),
	})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:sts::123456789012:assumed-role/app/me", *out.AssumedRoleUser.Arn)
	who, err := as(*out.Credentials.AccessKeyId).GetCallerIdentity(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, *out.AssumedRoleUser.Arn, *who.Arn)
	assert.Equal(t, *out.AssumedRoleUser.AssumedRoleId, *who.UserId)
	assert.Equal(t, "123456789012", *who.Account)
}

func TestIdentitiesHaveTheirPartition(t *testing.T) {
	_, as := newClient(t)
	china := func(o *client.Options) { o.Region = "cn-north-1" }
	root, err := as("AKIDANYTHING").GetCallerIdentity(t.Context(), nil, china)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws-cn:iam::000000000000:root", *root.Arn)
	out, err := as("AKIDANYTHING").AssumeRole(t.Context(), &client.AssumeRoleInput{
		RoleArn: aws.String("arn:aws-cn:iam::123456789012:role/app"), RoleSessionName: aws.String("me"),
	}, china)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws-cn:sts::123456789012:assumed-role/app/me", *out.AssumedRoleUser.Arn)
}

func TestAssumeRoleChecksItsInput(t *testing.T) {
	_, as := newClient(t)
	for name, in := range map[string]client.AssumeRoleInput{
		"role":     {RoleArn: aws.String("nothing like an ARN at all"), RoleSessionName: aws.String("me")},
		"name":     {RoleArn: aws.String("arn:aws:iam::123456789012:role/app"), RoleSessionName: aws.String("not a name")},
		"duration": {RoleArn: aws.String("arn:aws:iam::123456789012:role/app"), RoleSessionName: aws.String("me"), DurationSeconds: aws.Int32(10)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := as("AKID").AssumeRole(t.Context(), &in)
			var api smithy.APIError
			require.ErrorAs(t, err, &api)
			assert.Equal(t, "ValidationError", api.ErrorCode())
		})
	}
}

func TestOtherActionsAreRefused(t *testing.T) {
	_, as := newClient(t)
	_, err := as("AKID").GetSessionToken(t.Context(), nil)
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "InvalidAction", api.ErrorCode())
}
