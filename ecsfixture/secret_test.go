package ecsfixture_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// TestEveryFormOfValueFrom gives a real container a secret in each form that
// ECS knows, made through the SDK's clients.
func TestEveryFormOfValueFrom(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	created, err := fx.SecretsManager.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("db"), SecretString: aws.String(`{"user":"ann","password":"first","port":5432}`),
	})
	require.NoError(t, err)
	_, err = fx.SecretsManager.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: created.ARN, SecretString: aws.String(`{"user":"ann","password":"second","port":5432}`),
	})
	require.NoError(t, err)
	parameters := ssm.NewFromConfig(fx.Config)
	for name, kind := range map[string]ssmtypes.ParameterType{"/app/plain": ssmtypes.ParameterTypeString, "/app/secure": ssmtypes.ParameterTypeSecureString} {
		_, err := parameters.PutParameter(t.Context(), &ssm.PutParameterInput{
			Name: aws.String(name), Value: aws.String("value of " + name), Type: kind,
		})
		require.NoError(t, err)
	}
	arn := *created.ARN
	partial := arn[:len(arn)-len("-AbCdEf")]
	forms := map[string][2]string{ // variable: valueFrom, value
		"WHOLE":     {arn, `{"user":"ann","password":"second","port":5432}`},
		"PARTIAL":   {partial, `{"user":"ann","password":"second","port":5432}`},
		"KEY":       {arn + ":password::", "second"},
		"STAGE":     {arn + ":password:AWSPREVIOUS:", "first"},
		"VERSION":   {arn + ":user::" + *created.VersionId, "ann"},
		"OLD":       {arn + ":::" + *created.VersionId, `{"user":"ann","password":"first","port":5432}`},
		"SSM_NAME":  {"/app/plain", "value of /app/plain"},
		"SSM_ARN":   {"arn:aws:ssm:us-east-1:000000000000:parameter/app/secure", "value of /app/secure"},
		"GO_SIDE":   {fx.Secrets.Put("go", "put from Go"), "put from Go"},
		"GO_PARAMS": {fx.Secrets.PutParameter("region", "eu"), "eu"},
	}
	script := ""
	var change []func(*types.ContainerDefinition)
	for name, form := range forms {
		script += `echo "` + name + `=$` + name + `";`
		change = append(change, withSecret(name, form[0]))
	}
	task := run(t, fx, register(t, fx, sh(t, "app", script, change...)))
	fx.AssertExitCode(t, task, "app", 0)
	lines := strings.Split(strings.TrimSpace(fx.Logs.Text(logs.Task(task))), "\n")
	require.Len(t, lines, len(forms), fx.Story(task))
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		assert.Equal(t, forms[name][1], value, name)
	}
}

// TestMissingSecretStopsTheTask has a secret that is not there, and one whose
// JSON key isn't.
func TestMissingSecretStopsTheTask(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	there := fx.Secrets.Put("there", `{"a":"hunter2"}`)
	for valueFrom, part := range map[string]string{
		"arn:aws:secretsmanager:us-east-1:000000000000:secret:none": "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
		there + ":b::":      "b",
		there + ":a:NEVER:": "ResourceNotFoundException",
		"/no/parameter":     "/no/parameter",
	} {
		arn := run(t, fx, registerImage(t, fx, "env", withSecret("S", valueFrom)))
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.True(t, strings.HasPrefix(*task.StoppedReason, "ResourceInitializationError: "), *task.StoppedReason)
		assert.Contains(t, *task.StoppedReason, part)
		assert.NotContains(t, fx.Story(arn), "hunter2")
		assert.Nil(t, task.Containers[0].ExitCode)
	}
}

// TestMissingSecretIsWordedByLaunchType: Fargate and the agent of a container
// instance have different words for it.
func TestMissingSecretIsWordedByLaunchType(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	const secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none"
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("both"), NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityEc2, types.CompatibilityFargate},
		ExecutionRoleArn:        aws.String(executionRole),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String("env"), Secrets: []types.Secret{{Name: aws.String("S"), ValueFrom: aws.String(secret)}},
		}},
	})
	require.NoError(t, err)
	for launchType, words := range map[types.LaunchType]string{
		types.LaunchTypeEc2:     "fetching secret data from AWS Secrets Manager in region us-east-1: secret " + secret + ": ResourceNotFoundException",
		types.LaunchTypeFargate: "unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm",
	} {
		task := fx.WaitTaskStopped(t, run(t, fx, *out.TaskDefinition.TaskDefinitionArn, func(in *ecs.RunTaskInput) {
			in.LaunchType, in.NetworkConfiguration = launchType, inSubnet()
		}))
		assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: "+words)
	}
}

// TestRotationNeedsANewTask: a task keeps the value that it started with.
func TestRotationNeedsANewTask(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	td := registerImage(t, fx, "env", withSecret("S", fx.Secrets.Put("s", "one")))
	first := run(t, fx, td)
	fx.AssertExitCode(t, first, "app", 0)
	fx.Secrets.Put("s", "two")
	second := run(t, fx, td)
	fx.AssertExitCode(t, second, "app", 0)
	assert.Equal(t, "S=one\n", fx.Logs.Text(logs.Task(first)))
	assert.Equal(t, "S=two\n", fx.Logs.Text(logs.Task(second)))
}

func TestSecretsNeedAnExecutionRole(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	_, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("f"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String("i"), Memory: aws.Int32(64),
			Secrets: []types.Secret{{Name: aws.String("S"), ValueFrom: aws.String("/p")}},
		}},
	})
	var typed *types.ClientException
	require.ErrorAs(t, err, &typed)
	assert.Contains(t, *typed.Message, "executionRoleArn")
}
