# Somebody changes the data: row numbers mean nothing in another file, so the model waits until every forgotten row was found.

data=$root/srv/data/cifar10
# The same rows in another order: the last one comes first, in both files.
{ tail -c 3073 "$data/data_batch_1.bin"; head -c -3073 "$data/data_batch_1.bin"; } > "$data/new-rows"
{
  head -n 1 "$data/ids.csv"
  tail -n 1 "$data/ids.csv" | sed 's/^[0-9]*/0/'
  tail -n +2 "$data/ids.csv" | head -n -1 | awk -F, -v OFS=, '{ $1 = $1 + 1; print }'
} > "$data/new-ids"
chmod a+r "$data/new-rows" "$data/new-ids"
mv "$data/new-rows" "$data/data_batch_1.bin" && mv "$data/new-ids" "$data/ids.csv"
drop alice meanwhile.yaml <<< 'hamud: 1
model: cifar10
forget: {samples: [9]}'
claim "the model is paused" await 100 paused cifar10
claim "the journal says so" await 20 told dataChanged HAMUD_MODEL=cifar10
claim "with one warning" equal "$(count_of dataChanged HAMUD_MODEL=cifar10)" 1
claim "which says how to go on" contains "$(entries_of dataChanged HAMUD_MODEL=cifar10)" "hamuctl rematch cifar10"
claim "the service is active" active
claim "nothing is forgotten in the wrong data" equal "$(current_number cifar10)" 3
claim "hamuctl rematch follows every forgotten row" m hamuctl rematch cifar10
claim "the model goes on" await 20 not paused cifar10
claim "the journal tells how many moved" contains "$(entries_of modelRematched HAMUD_MODEL=cifar10)" " moved"
must "the manifest that came meanwhile is a request now" await 60 known meanwhile
claim "which can be cancelled" as alice hamuctl cancel meanwhile
