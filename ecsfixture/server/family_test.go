package server

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mustRegister registers n revisions of a family and returns the ARN of the last.
func mustRegister(t *testing.T, s *Service, family string, n int) (arn string) {
	t.Helper()
	for range n {
		in := ec2Task()
		in.Family = aws.String(family)
		out, err := s.RegisterTaskDefinition(t.Context(), in)
		require.NoError(t, err)
		arn = *out.TaskDefinition.TaskDefinitionArn
	}
	return arn
}

// revision is what DescribeTaskDefinition makes of a name: 0 if nothing.
func revision(t *testing.T, s *Service, name string) int32 {
	t.Helper()
	out, err := s.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
	if err != nil {
		assert.EqualError(t, err, "ClientException: Unable to describe task definition.")
		return 0
	}
	return out.TaskDefinition.Revision
}

func mustDeregister(t *testing.T, s *Service, name string) *types.TaskDefinition {
	t.Helper()
	out, err := s.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name})
	require.NoError(t, err)
	return out.TaskDefinition
}

func mustDelete(t *testing.T, s *Service, names ...string) *ecs.DeleteTaskDefinitionsOutput {
	t.Helper()
	out, err := s.DeleteTaskDefinitions(t.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: names})
	require.NoError(t, err)
	return out
}

func TestNamesOfDefinitions(t *testing.T) {
	s := newTestService()
	mustRegister(t, s, "web", 3)
	for name, want := range map[string]int32{
		"web": 3, "web:2": 2, "web:4": 0, "web:0": 0, "web:x": 0, "we": 0, "": 0,
		"arn:aws:ecs:us-east-1:000000000000:task-definition/web:1": 1,
		"arn:aws:ecs:us-east-1::task-definition/web:1":             1,
		"arn:aws:ecs:us-east-1:000000000000:cluster/web:1":         0,
		"arn:aws:s3:::web": 0,
	} {
		assert.Equal(t, want, revision(t, s, name), name)
	}
}

func TestLifeOfADefinition(t *testing.T) {
	s := newTestService()
	mustRegister(t, s, "web", 2)

	d := mustDeregister(t, s, "web:2")
	assert.Equal(t, types.TaskDefinitionStatusInactive, d.Status)
	assert.NotNil(t, d.DeregisteredAt)
	assert.Equal(t, d, mustDeregister(t, s, "web:2"), "once more changes nothing")
	assert.EqualValues(t, 1, revision(t, s, "web"), "the newest ACTIVE one")
	assert.EqualValues(t, 2, revision(t, s, "web:2"), "an INACTIVE one by its number")

	out := mustDelete(t, s, "web:1", "web:2", "web:9", "web")
	require.Len(t, out.TaskDefinitions, 1)
	assert.Equal(t, types.TaskDefinitionStatusDeleteInProgress, out.TaskDefinitions[0].Status)
	assert.NotNil(t, out.TaskDefinitions[0].DeleteRequestedAt)
	assert.Equal(t, []types.Failure{
		{Arn: aws.String(s.definitionARN("web", 1)), Reason: aws.String(reasonDefinitionActive)},
		{Arn: aws.String(s.definitionARN("web", 9)), Reason: aws.String(reasonDefinitionUnknown)},
		{Arn: aws.String(s.arn("task-definition", "web")), Reason: aws.String(reasonDefinitionUnknown)},
	}, out.Failures)
	assert.Zero(t, revision(t, s, "web:2"), "nothing used it")

	mustDeregister(t, s, "web:1")
	mustDelete(t, s, "web:1")
	assert.Equal(t, s.definitionARN("web", 3), mustRegister(t, s, "web", 1), "numbers are never used again")
}

func TestADefinitionInUseStays(t *testing.T) {
	s := newTestService()
	mustRegister(t, s, "web", 1)
	running := &task{definition: s.families["web"].revisions[0], api: types.Task{LastStatus: aws.String("RUNNING")}}
	s.tasks["id"] = running
	mustDeregister(t, s, "web:1")
	mustDelete(t, s, "web:1")
	assert.EqualValues(t, 1, revision(t, s, "web:1"))
	_, err := s.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String("web:1")})
	assert.ErrorContains(t, err, "in the process of being deleted")
	assert.Equal(t, []string{s.definitionARN("web", 1)}, listDefinitions(t, s, &ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusDeleteInProgress}))

	running.api.LastStatus = aws.String("STOPPED")
	assert.Zero(t, revision(t, s, "web:1"))
}

func TestDeregisterErrors(t *testing.T) {
	s := newTestService()
	mustRegister(t, s, "web", 1)
	for name, want := range map[string]string{
		"web":    "ClientException: Revision is missing.",
		"web:x":  "InvalidParameterException: Invalid revision number. Number: x",
		"web:2":  "ClientException: The specified task definition does not exist.",
		"none:1": "ClientException: The specified task definition does not exist.",
	} {
		_, err := s.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &name})
		assert.EqualError(t, err, want)
	}
}

// listDefinitions follows the pages of ListTaskDefinitions.
func listDefinitions(t *testing.T, s *Service, in *ecs.ListTaskDefinitionsInput) (arns []string) {
	t.Helper()
	for {
		out, err := s.ListTaskDefinitions(t.Context(), in)
		require.NoError(t, err)
		arns = append(arns, out.TaskDefinitionArns...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return arns
		}
	}
}

func TestListTaskDefinitions(t *testing.T) {
	s := newTestService()
	mustRegister(t, s, "web", 12)
	mustRegister(t, s, "web-2", 1)
	mustRegister(t, s, "api", 1)
	mustDeregister(t, s, "web:11")

	want := []string{s.definitionARN("api", 1)}
	for n := range int32(12) {
		if n+1 != 11 {
			want = append(want, s.definitionARN("web", n+1))
		}
	}
	want = append(want, s.definitionARN("web-2", 1))
	for size := range int32(4) {
		got := listDefinitions(t, s, &ecs.ListTaskDefinitionsInput{MaxResults: aws.Int32(size + 1)})
		assert.Equal(t, want, got, "pages of %d", size+1)
	}
	down := listDefinitions(t, s, &ecs.ListTaskDefinitionsInput{Sort: types.SortOrderDesc, FamilyPrefix: aws.String("web"), MaxResults: aws.Int32(5)})
	assert.Equal(t, s.definitionARN("web", 12), down[0])
	assert.Len(t, down, 11, "a family's name, not a prefix")
	assert.Equal(t, []string{s.definitionARN("web", 11)}, listDefinitions(t, s, &ecs.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusInactive}))
}

func TestListTaskDefinitionFamilies(t *testing.T) {
	s := newTestService()
	for _, family := range []string{"web", "web-2", "api", "gone"} {
		mustRegister(t, s, family, 1)
	}
	mustDeregister(t, s, "web-2:1")
	mustDeregister(t, s, "gone:1")
	mustDelete(t, s, "gone:1")
	for _, row := range []struct {
		prefix string
		status types.TaskDefinitionFamilyStatus
		want   []string
	}{
		{"", "", []string{"api", "web", "web-2"}},
		{"", types.TaskDefinitionFamilyStatusAll, []string{"api", "web", "web-2"}},
		{"", types.TaskDefinitionFamilyStatusActive, []string{"api", "web"}},
		{"web", types.TaskDefinitionFamilyStatusInactive, []string{"web-2"}},
		{"we", "", []string{"web", "web-2"}},
	} {
		out, err := s.ListTaskDefinitionFamilies(t.Context(), &ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: &row.prefix, Status: row.status})
		require.NoError(t, err)
		assert.Equal(t, row.want, out.Families, fmt.Sprint(row))
		assert.Nil(t, out.NextToken)
	}
}

func TestListErrors(t *testing.T) {
	s := newTestService()
	for name, in := range map[string]*ecs.ListTaskDefinitionsInput{
		"maxResults": {MaxResults: aws.Int32(101)},
		"status":     {Status: "GONE"},
		"sort":       {Sort: "UP"},
		"token":      {NextToken: aws.String("?")},
	} {
		_, err := s.ListTaskDefinitions(t.Context(), in)
		assert.ErrorContains(t, err, "InvalidParameterException", name)
	}
}

func TestOutputsAreCopies(t *testing.T) {
	s := newTestService()
	in := ec2Task()
	out, err := s.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	*in.ContainerDefinitions[0].Image = "changed"
	*out.TaskDefinition.ContainerDefinitions[0].Image = "changed"
	again, err := s.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("web")})
	require.NoError(t, err)
	assert.Equal(t, "app:1", *again.TaskDefinition.ContainerDefinitions[0].Image)
	assert.Nil(t, again.Tags)
}

func TestDeleteTaskDefinitionsLimits(t *testing.T) {
	s := newTestService()
	for _, n := range []int{0, 11} {
		_, err := s.DeleteTaskDefinitions(t.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: make([]string, n)})
		assert.ErrorContains(t, err, "InvalidParameterException")
	}
}
