package server

import "time"

// maxBackoff is the longest that ECS waits before it launches another task of
// a service whose tasks fail to start.
const maxBackoff = 27 * time.Minute

// backoff is the delay after so many failed launches in a row: none after the
// first, then 1 s, doubled each time. Tasks that are launched together count
// once.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
func backoff(failures int) time.Duration {
	switch {
	case failures < 2:
		return 0
	case failures > 13: // 2^11 s are more than the maximum
		return maxBackoff
	}
	return min(time.Second<<(failures-2), maxBackoff)
}
