# systemctl stop in mid-run returns at once; the next start finishes the same batch with the same weights as an undisturbed run.

configure stopped
must "the model is taken up" m systemctl reload hamud
airplane stopped-1 stopped | drop alice stopped-1.yaml
must "the run has begun" await 120 running_step_at_least stopped 12
began=$(milliseconds)
must "systemctl stop" m systemctl stop hamud
took=$(($(milliseconds) - began))
note="$took ms"
claim "within 5 s" at_most "$took" 5000
claim "it ended in order" equal "$(m systemctl show -p Result --value hamud)" success
claim "saying that it will go on" at_least "$(count_of runInterrupted HAMUD_REQUEST_ID=stopped-1)" 1
claim "without the daemon hamuctl still shows the request" equal "$(receipt_field stopped-1 state)" unlearning
claim "and says that the daemon is stopped" equal "$(m hamuctl status --json | field daemon)" stopped
claim "submit does not: exit code 69" exits 69 as alice hamuctl submit /home/alice/stopped-1.yaml
must "the next start" m systemctl start hamud
must "finishes it" settled stopped-1
claim "going on from saved progress" equal "$(count_of runResumed HAMUD_REQUEST_ID=stopped-1)" 1
claim "in the same batch, as version 2" equal "$(current_number stopped)" 2
claim "the same weights, bit for bit, as the undisturbed run" equal "$(weights_of stopped)" "$(cat "$logs/airplane-weights")"
claim "the same figures" equal "$(show stopped-1 | field after)" "$(show airplane-1 | field after)"
