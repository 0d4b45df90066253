// Package partition knows the partitions of AWS, with which its ARNs begin.
package partition

import "strings"

// Of returns the partition that a region belongs to: aws, aws-cn, aws-us-gov.
func Of(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
