// Package terraform replays over the SDK what Terraform's AWS provider asks of
// ECS, waits for and compares, so that apply, an empty second plan and destroy
// work with main.tf and more.
package terraform

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// provider calls as the provider does: over HTTP, without the fixture's own
// client.
type provider struct {
	*testing.T
	*ecs.Client
	fx *ecsfixture.Fixture
}

func newProvider(t *testing.T, opts ...simulated.Option) provider {
	t.Helper()
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(opts...)))
	client := ecs.New(ecs.Options{BaseEndpoint: aws.String(fx.URL), Region: fx.Region, Credentials: fx.Config.Credentials, RetryMaxAttempts: 1})
	return provider{t, client, fx}
}

// poll is the pause between two looks of a wait; the provider's grow to 10
// seconds.
const poll = 50 * time.Millisecond

// until asks until done says so, as the provider's waiters do.
func (p provider) until(what string, done func() bool) {
	p.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(poll) {
		if time.Now().After(end) {
			p.Fatalf("waited too long: %s", what)
		}
	}
}

// refused requires an error of a type, with a fragment in its message, as the
// provider looks for it, and as a status that isn't retried.
func refused[E error](t *testing.T, err error, fragment string) {
	t.Helper()
	var typed E
	require.True(t, errors.As(err, &typed), "%v is no %v", err, reflect.TypeFor[E]())
	assert.Contains(t, err.Error(), fragment)
	var answer *smithyhttp.ResponseError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, 400, answer.HTTPStatusCode())
}

func tags(pairs ...string) (list []types.Tag) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Tag{Key: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
	}
	return list
}

func tagMap(list []types.Tag) map[string]string {
	m := map[string]string{}
	for _, t := range list {
		m[*t.Key] = *t.Value
	}
	return m
}

// retag changes the tags of a resource as each resource's update does.
func (p provider) retag(arn string) {
	p.Helper()
	_, err := p.UntagResource(p.Context(), &ecs.UntagResourceInput{ResourceArn: aws.String(arn), TagKeys: []string{"team"}})
	require.NoError(p, err)
	_, err = p.TagResource(p.Context(), &ecs.TagResourceInput{ResourceArn: aws.String(arn), Tags: tags("stage", "test")})
	require.NoError(p, err)
	out, err := p.ListTagsForResource(p.Context(), &ecs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
	require.NoError(p, err)
	assert.Equal(p, map[string]string{"stage": "test"}, tagMap(out.Tags))
}

// TestUnsupportedIsRefusedAtOnce: the provider retries errors of the server
// for minutes.
func TestUnsupportedIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	_, err := p.CreateExpressGatewayService(t.Context(), &ecs.CreateExpressGatewayServiceInput{
		ExecutionRoleArn: aws.String("arn:aws:iam::000000000000:role/e"), InfrastructureRoleArn: aws.String("arn:aws:iam::000000000000:role/i"),
		PrimaryContainer: &types.ExpressGatewayContainer{Image: aws.String("web")},
	})
	refused[*smithy.GenericAPIError](t, err, "CreateExpressGatewayService is not supported")
}

// TestRepliesHaveALength: a client that closes its connections early fails on
// those that are written in pieces.
func TestRepliesHaveALength(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.fx.URL, strings.NewReader(`{}`))
	require.NoError(t, err)
	r.Header.Set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListClusters")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Positive(t, resp.ContentLength)
}
