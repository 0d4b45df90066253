package ecsfixture_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// TestEveryAccountAndRegionIsAWorld has clients of other regions and accounts,
// as their signatures tell, which see only what is theirs.
func TestEveryAccountAndRegionIsAWorld(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t, ecsfixture.WithRegion("eu-west-1"), ecsfixture.WithAccount("111111111111"))
	home := run(t, fx, registerImage(t, fx, "env"))
	assert.Regexp(t, `^arn:aws:ecs:eu-west-1:111111111111:task/default/[0-9a-f]{32}$`, home)

	for name, change := range map[string]func(*aws.Config){
		"region":  func(c *aws.Config) { c.Region = "us-west-2" },
		"account": func(c *aws.Config) { c.Credentials = credentials.NewStaticCredentialsProvider("222222222222", "s", "") },
	} {
		cfg := fx.Config.Copy()
		change(&cfg)
		other := &ecsfixture.Fixture{ECS: ecs.NewFromConfig(cfg)}
		list, err := other.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
		require.NoError(t, err)
		assert.Empty(t, list.TaskArns, name)

		secret, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
			Name: aws.String(name), SecretString: aws.String("of another " + name),
		})
		require.NoError(t, err)
		arn := run(t, other, registerImage(t, other, "env", withSecret("S", *secret.ARN)))
		fx.AssertExitCode(t, arn, "app", 0)
		assert.Equal(t, "S=of another "+name+"\n", fx.Logs.Text(logs.Task(arn)), fx.Story(arn))
		assert.NotEqual(t, home[:40], arn[:40])
	}
}
