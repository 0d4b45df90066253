package events_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
)

func TestPattern(t *testing.T) {
	l := events.NewLog()
	l.Source(account, region).TaskChanged(fullTask(time.Now()))
	for pattern, want := range map[string]bool{
		`{}`:                     true,
		`{"source":["aws.ecs"]}`: true,
		`{"source":["aws.ec2"]}`: false,
		`{"detail-type":["x","ECS Task State Change"],"detail":{"lastStatus":["DEPROVISIONING"]}}`: true,
		`{"detail":{"lastStatus":["RUNNING"]}}`:                                                    false,
		`{"resources":[{"suffix":"1111"}]}`:                                                        true,
		`{"detail":{"clusterArn":[{"prefix":"arn:aws:ecs:us-west-2:"}]}}`:                          true,
		`{"detail":{"group":[{"anything-but":"service:web"}]}}`:                                    false,
		`{"detail":{"group":[{"anything-but":["a","b"]}]}}`:                                        true,
		`{"detail":{"group":[{"anything-but":{"prefix":"service:"}}]}}`:                            false,
		`{"detail":{"nothing":[{"anything-but":"a"}]}}`:                                            false,
		`{"detail":{"stopCode":[{"exists":true}]}}`:                                                true,
		`{"detail":{"stoppedAt":[{"exists":true}]}}`:                                               false,
		`{"detail":{"stoppedAt":[{"exists":false}]}}`:                                              true,
		`{"detail":{"version":[{"numeric":[">",6,"<=",7]}]}}`:                                      true,
		`{"detail":{"version":[{"numeric":["<",7]}]}}`:                                             false,
		`{"detail":{"containers":{"exitCode":[{"anything-but":0}]}}}`:                              true,
		`{"detail":{"containers":{"exitCode":[0]}}}`:                                               false,
		`{"detail":{"launchType":[{"equals-ignore-case":"fargate"}]}}`:                             true,
		`{"$or":[{"source":["x"]},{"region":["us-west-2"]}]}`:                                      true,
		`{"$or":[{"source":["x"]},{"region":["y"]}]}`:                                              false,
	} {
		assert.Equal(t, want, len(l.Events(events.Pattern(pattern))) == 1, pattern)
	}
}

func TestPatternPanicsOnWhatItDoesNotKnow(t *testing.T) {
	for _, pattern := range []string{
		``, `[]`, `{"source":"aws.ecs"}`, `{"source":[{"wildcard":"a*"}]}`, `{"source":[{"prefix":1}]}`,
		`{"source":[{"exists":1}]}`, `{"source":[{"numeric":[">"]}]}`, `{"source":[{"numeric":["~",1]}]}`,
		`{"source":[{"numeric":[">","1"]}]}`, `{"source":[{"prefix":"a","suffix":"b"}]}`, `{"$or":["a"]}`,
		`{"source":[{"anything-but":{"x":1}}]}`,
	} {
		assert.Panics(t, func() { events.Pattern(pattern) }, pattern)
	}
}
