package server

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Clean-up programs take away the rows of each page before they ask for the
// next.
func TestPagesOfWhatIsTakenAway(t *testing.T) {
	for name, list := range map[string]func(*testing.T, *Service, *string) ([]string, *string){
		"clusters":    takeClusters,
		"ACTIVE":      takeActive(types.SortOrderAsc),
		"ACTIVE DESC": takeActive(types.SortOrderDesc),
		"INACTIVE":    takeInactive,
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestService()
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: &name})
			}
			mustRegister(t, s, "web", 11)
			seen, token := list(t, s, nil)
			for token != nil {
				var more []string
				more, token = list(t, s, token)
				seen = append(seen, more...)
			}
			left, _ := list(t, s, nil)
			assert.Empty(t, left, "of %v", seen)
		})
	}
}

func takeClusters(t *testing.T, s *Service, token *string) ([]string, *string) {
	out, err := s.ListClusters(t.Context(), &ecs.ListClustersInput{NextToken: token, MaxResults: aws.Int32(2)})
	require.NoError(t, err)
	for _, arn := range out.ClusterArns {
		_, err := s.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: &arn})
		require.NoError(t, err)
	}
	return out.ClusterArns, out.NextToken
}

func takeActive(sort types.SortOrder) func(*testing.T, *Service, *string) ([]string, *string) {
	return func(t *testing.T, s *Service, token *string) ([]string, *string) {
		out, err := s.ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{Sort: sort, NextToken: token, MaxResults: aws.Int32(3)})
		require.NoError(t, err)
		for _, arn := range out.TaskDefinitionArns {
			mustDeregister(t, s, arn)
		}
		return out.TaskDefinitionArns, out.NextToken
	}
}

func takeInactive(t *testing.T, s *Service, token *string) ([]string, *string) {
	for token == nil {
		left := listDefinitions(t, s, &ecs.ListTaskDefinitionsInput{})
		if len(left) == 0 {
			break
		}
		mustDeregister(t, s, left[0])
	}
	out, err := s.ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{
		Status: types.TaskDefinitionStatusInactive, NextToken: token, MaxResults: aws.Int32(3),
	})
	require.NoError(t, err)
	if len(out.TaskDefinitionArns) > 0 {
		mustDelete(t, s, out.TaskDefinitionArns...)
	}
	return out.TaskDefinitionArns, out.NextToken
}

func TestTokensThatAreNone(t *testing.T) {
	for _, token := range []string{"?", "YWZ0ZXI=", strings.Repeat("x", 5000)} {
		_, _, err := page([]string{"a"}, byText, &token, 1)
		assert.ErrorContains(t, err, "InvalidParameterException: Invalid token.", token)
	}
}
