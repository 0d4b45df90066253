package secrets_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Clean-up programs take away the rows of each page before they ask for the
// next.
func TestPagesOfWhatIsDeleted(t *testing.T) {
	sm, params, _ := clients(t)
	for i := range 25 {
		name := fmt.Sprintf("/app/%02d", i)
		_, err := params.PutParameter(t.Context(), &ssm.PutParameterInput{Name: &name, Value: aws.String("x"), Type: "String"})
		require.NoError(t, err)
		_, err = sm.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: aws.String("x")})
		require.NoError(t, err)
	}

	deleted := 0
	paths := ssm.NewGetParametersByPathPaginator(params, &ssm.GetParametersByPathInput{Path: aws.String("/app")})
	for paths.HasMorePages() {
		out, err := paths.NextPage(t.Context())
		require.NoError(t, err)
		names := []string{}
		for _, p := range out.Parameters {
			names = append(names, *p.Name)
		}
		gone, err := params.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: names})
		require.NoError(t, err)
		deleted += len(gone.DeletedParameters)
	}
	assert.Equal(t, 25, deleted, "parameters")

	deleted = 0
	list := secretsmanager.NewListSecretsPaginator(sm, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(10)})
	for list.HasMorePages() {
		out, err := list.NextPage(t.Context())
		require.NoError(t, err)
		for _, s := range out.SecretList {
			_, err := sm.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: s.ARN})
			require.NoError(t, err)
			deleted++
		}
	}
	assert.Equal(t, 25, deleted, "secrets")
}
