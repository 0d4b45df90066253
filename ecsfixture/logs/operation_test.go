package logs_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

func TestOtherOperationsAreNamed(t *testing.T) {
	_, client := serve(t)
	_, err := client.DescribeDestinations(t.Context(), &cloudwatchlogs.DescribeDestinationsInput{})
	fails(t, err, unsupported, "the operation DescribeDestinations of CloudWatch Logs isn't supported by this endpoint")
}

func TestTheServiceNamesItself(t *testing.T) {
	s := logs.NewCloudWatch(account, region).API()
	assert.Equal(t, "logs", s.Name)
	assert.Equal(t, "Logs_20140328", s.Target)
}
