package secrets

import "strings"

// partition returns the partition that a region belongs to.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func arnPrefix(service, account, region string) string {
	return strings.Join([]string{"arn", partition(region), service, region, account, ""}, ":")
}

const alphanumeric = uppercase + lowercase + digits

const suffixLength = 6

// suffix returns what Secrets Manager ends an ARN with, so that a new secret
// of an old name is another resource.
func suffix() string {
	b := make([]byte, suffixLength)
	for i := range b {
		b[i] = alphanumeric[below(len(alphanumeric))]
	}
	return string(b)
}
