package secrets_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	closedPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}`
	openPolicy   = `{"Statement":{"Effect":"Allow","Principal":{"AWS":["1","*"]},"Action":["secretsmanager:*"],"Resource":"*"}}`
)

func TestAResourcePolicyIsKept(t *testing.T) {
	sm, _, _ := clients(t)
	ctx, id := t.Context(), aws.String("s")
	created, err := sm.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: id, SecretString: aws.String("x")})
	require.NoError(t, err)
	policy := func() *string {
		out, err := sm.GetResourcePolicy(ctx, &secretsmanager.GetResourcePolicyInput{SecretId: id})
		require.NoError(t, err)
		assert.Equal(t, []string{*created.ARN, "s"}, []string{*out.ARN, *out.Name})
		return out.ResourcePolicy
	}
	assert.Nil(t, policy())
	put := &secretsmanager.PutResourcePolicyInput{SecretId: created.ARN, ResourcePolicy: aws.String(closedPolicy), BlockPublicPolicy: aws.Bool(true)}
	_, err = sm.PutResourcePolicy(ctx, put)
	require.NoError(t, err)
	assert.Equal(t, closedPolicy, *policy())

	put.ResourcePolicy = aws.String(openPolicy)
	_, err = sm.PutResourcePolicy(ctx, put)
	code(t, err, "PublicPolicyException", "broad access")
	assert.Equal(t, closedPolicy, *policy())
	put.BlockPublicPolicy = nil
	_, err = sm.PutResourcePolicy(ctx, put)
	require.NoError(t, err)
	assert.Equal(t, openPolicy, *policy())

	for range 2 { // the second time there is none
		_, err = sm.DeleteResourcePolicy(ctx, &secretsmanager.DeleteResourcePolicyInput{SecretId: id})
		require.NoError(t, err)
	}
	assert.Nil(t, policy())
}

func TestResourcePoliciesOfADeletedSecret(t *testing.T) {
	m, id := manager(), aws.String("s")
	create(t, m, "s", "x")
	_, err := m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: id})
	require.NoError(t, err)
	_, get := m.GetResourcePolicy(t.Context(), &secretsmanager.GetResourcePolicyInput{SecretId: id})
	_, put := m.PutResourcePolicy(t.Context(), &secretsmanager.PutResourcePolicyInput{SecretId: id, ResourcePolicy: aws.String(closedPolicy)})
	_, remove := m.DeleteResourcePolicy(t.Context(), &secretsmanager.DeleteResourcePolicyInput{SecretId: id})
	_, validate := m.ValidateResourcePolicy(t.Context(), &secretsmanager.ValidateResourcePolicyInput{SecretId: id, ResourcePolicy: aws.String(closedPolicy)})
	for _, err := range []error{get, put, remove, validate} {
		code(t, err, "InvalidRequestException", "marked for deletion")
	}
	_, err = m.GetResourcePolicy(t.Context(), &secretsmanager.GetResourcePolicyInput{SecretId: aws.String("none")})
	code(t, err, "ResourceNotFoundException", "can't find")
}

func TestPoliciesThatArePublic(t *testing.T) {
	for text, isPublic := range map[string]bool{
		closedPolicy: false,
		openPolicy:   true,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"x"}]}`:                                                         true,
		`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"x"}]}`:                                                          false,
		`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"1"},"Action":"x"}]}`:                                              true,
		`{"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"NotAction":["x"]}]}`:                        false,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"x","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o"}}}]}`: false,
	} {
		out, err := manager().ValidateResourcePolicy(t.Context(), &secretsmanager.ValidateResourcePolicyInput{ResourcePolicy: aws.String(text)})
		require.NoError(t, err, text)
		assert.Equal(t, !isPublic, out.PolicyValidationPassed, text)
		assert.Equal(t, isPublic, len(out.ValidationErrors) == 1, text)
	}
}

func TestMalformedPolicies(t *testing.T) {
	m := manager()
	create(t, m, "s", "x")
	for _, text := range []string{
		`{`, `"x"`, `{}`, `{"Statement":[]}`, `{"Statement":[{}]}`,
		`{"Statement":[{"Effect":"Maybe","Principal":"*","Action":"x"}]}`,
		`{"Statement":[{"Effect":"Allow","Action":"x"}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*"}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":1}]}`,
	} {
		_, put := m.PutResourcePolicy(t.Context(), &secretsmanager.PutResourcePolicyInput{SecretId: aws.String("s"), ResourcePolicy: aws.String(text)})
		code(t, put, "MalformedPolicyDocumentException", "invalid Json")
		_, validate := m.ValidateResourcePolicy(t.Context(), &secretsmanager.ValidateResourcePolicyInput{ResourcePolicy: aws.String(text)})
		code(t, validate, "MalformedPolicyDocumentException", "invalid Json")
	}
	_, err := m.PutResourcePolicy(t.Context(), &secretsmanager.PutResourcePolicyInput{SecretId: aws.String("s")})
	code(t, err, "ValidationException", "resourcePolicy")
}
