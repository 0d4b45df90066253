package terraform

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "everything"} {
		code, out := newWorkspace(t, dir, "").terraform("fmt", "-check", "-diff")
		assert.Zero(t, code, out)
	}
}

// TestApply has the real provider apply main.tf, find nothing left to do, and
// destroy it.
func TestApply(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	w := newProviderWorkspace(t, ".", p.fx.URL)
	w.apply()
	w.succeed("destroy", "-auto-approve")
	p.hasNoClusters()
}

// TestApplyEverything has the real provider apply all that it has for ECS,
// change it, take it into a new state, and destroy it.
func TestApplyEverything(t *testing.T) {
	t.Parallel()
	p := newProvider(t,
		simulated.On(simulated.Container("init"), simulated.Exit(0)),
		simulated.On(simulated.Command("migrate"), simulated.Exit(0)))
	w := newProviderWorkspace(t, "everything", p.fx.URL)
	w.apply()
	assert.Equal(t, readValues(1), w.read("read"))
	second := []string{"-var", "release=2"}
	w.apply(second...)
	assert.Equal(t, readValues(2), w.read("read"))
	w.forget(imports...)
	w.apply(second...)
	w.succeed(append([]string{"destroy", "-auto-approve"}, second...)...)
	p.hasNoClusters()
	p.hasNothingBeside()
}

// imports are of each kind of resource that can be taken into a state.
var imports = []struct{ to, id string }{
	{"aws_ecs_cluster.main", "main"},
	{"aws_ecs_cluster_capacity_providers.main", "main"},
	{"aws_ecs_capacity_provider.workers", "workers"},
	{"aws_ecs_service.daemon", "plain/daemon"},
	{"aws_ecs_tag.cluster", "arn:aws:ecs:us-east-1:000000000000:cluster/plain,team"},
	{"aws_cloudwatch_log_group.app", "/app"},
	{"aws_ssm_parameter.level", "/app/level"},
}

// forget takes resources out of the state and asks for their import.
func (w workspace) forget(list ...struct{ to, id string }) {
	w.Helper()
	args, text := []string{"state", "rm"}, ""
	for _, i := range list {
		args = append(args, i.to)
		text += "import {\n  to = " + i.to + "\n  id = \"" + i.id + "\"\n}\n"
	}
	w.succeed(args...)
	w.write("imports.tf", text)
}

// readValues are what everything/main.tf reads back of a release.
func readValues(release int) (values map[string]any) {
	text := map[int]string{1: `{
		"cluster": [{"name":"containerInsights","value":"enabled"}],
		"image": "app:1", "service": 1, "definition": 1, "secret": "{\"password\":\"p1\",\"user\":\"app\"}",
		"versions": 1, "policy": "release1", "token": "t0k3n-1", "retention": 3`, 2: `{
		"cluster": [{"name":"containerInsights","value":"disabled"}],
		"image": "app:2", "service": 2, "definition": 2, "secret": "{\"password\":\"p2\",\"user\":\"app\"}",
		"versions": 2, "policy": "release2", "token": "t0k3n-2", "retention": 7`}[release] + `,
		"account": "000000000000", "clusters": 3, "stage": {"A":"1","Z":"26"}, "tasks": 1, "secrets": ["db"], "password": 20,
		"parameters": ["/app/level","/app/list","/app/token"], "groups": ["/app"]}`
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		panic(err)
	}
	return values
}

func (p provider) hasNoClusters() {
	p.Helper()
	list, err := p.ListClusters(p.Context(), &ecs.ListClustersInput{})
	require.NoError(p, err)
	assert.Equal(p, []string{"arn:aws:ecs:us-east-1:000000000000:cluster/default"}, list.ClusterArns)
}

// hasNothingBeside: what skip_destroy keeps is there, and nothing else.
func (p provider) hasNothingBeside() {
	p.Helper()
	ctx := p.Context()
	definitions, err := p.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusActive})
	require.NoError(p, err)
	for _, arn := range definitions.TaskDefinitionArns {
		assert.Contains(p, arn, ":task-definition/fargate:")
	}
	assert.Len(p, definitions.TaskDefinitionArns, 2)
	secrets, err := p.fx.SecretsManager.ListSecrets(ctx, &secretsmanager.ListSecretsInput{IncludePlannedDeletion: aws.Bool(true)})
	require.NoError(p, err)
	require.Len(p, secrets.SecretList, 1)
	assert.Contains(p, *secrets.SecretList[0].Name, "kept-")
	parameters, err := ssm.NewFromConfig(p.fx.Config).DescribeParameters(ctx, &ssm.DescribeParametersInput{})
	require.NoError(p, err)
	assert.Empty(p, parameters.Parameters)
	groups, err := cloudwatchlogs.NewFromConfig(p.fx.Config).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(p, err)
	assert.Empty(p, groups.LogGroups)
}
