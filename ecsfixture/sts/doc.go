// Package sts stands for AWS STS: it hands out temporary credentials, knows
// whose they are, and serves GetCallerIdentity and AssumeRole in the query
// protocol.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
package sts
