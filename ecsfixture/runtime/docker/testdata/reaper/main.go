// Command reaper stands in for testcontainers' Ryuk, whose image comes from
// a registry: it speaks the same protocol and removes what has the labels of
// a client that went away.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// away is how long the last client may be gone.
const away = time.Second

var engine = &http.Client{Transport: &http.Transport{
	DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", "/var/run/docker.sock")
	},
}}

func main() {
	listener, err := net.Listen("tcp", ":8080")
	if err != nil {
		panic(err)
	}
	fmt.Println("Started")
	clients, asked := make(chan int), make(chan string)
	go accept(listener, clients, asked)
	connected, filters, timer := 0, map[string]bool{}, time.NewTimer(time.Minute)
	for {
		select {
		case filter := <-asked:
			filters[filter] = true
		case n := <-clients:
			connected += n
			timer.Stop()
			if connected == 0 {
				timer.Reset(away)
			}
		case <-timer.C:
			for filter := range filters {
				reap(filter)
			}
			return
		}
	}
}

func accept(listener net.Listener, clients chan<- int, asked chan<- string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		clients <- 1
		go func() {
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				asked <- lines.Text()
				fmt.Fprintln(conn, "ACK")
			}
			clients <- -1
		}()
	}
}

// reap removes what a filter of the form label=a=b&label=c=d finds.
func reap(filter string) {
	var labels []string
	for _, part := range strings.Split(filter, "&") {
		labels = append(labels, strings.TrimPrefix(part, "label="))
	}
	encoded, _ := json.Marshal(map[string][]string{"label": labels})
	query := "?all=1&filters=" + url.QueryEscape(string(encoded))
	var found []struct{ Id string }
	get("/containers/json"+query, &found)
	for _, c := range found {
		remove("/containers/" + c.Id + "?force=1&v=1")
	}
	found = nil
	get("/networks"+query, &found)
	for _, n := range found {
		remove("/networks/" + n.Id)
	}
	var volumes struct{ Volumes []struct{ Name string } }
	get("/volumes"+query, &volumes)
	for _, v := range volumes.Volumes {
		remove("/volumes/" + v.Name)
	}
}

func get(path string, out any) {
	res, err := engine.Get("http://engine" + path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		fmt.Println(path, err)
	}
}

func remove(path string) {
	req, _ := http.NewRequest(http.MethodDelete, "http://engine"+path, nil)
	res, err := engine.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	res.Body.Close()
	fmt.Println("removed", path, res.Status)
}
