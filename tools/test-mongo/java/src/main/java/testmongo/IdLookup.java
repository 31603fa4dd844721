package testmongo;

import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;

/**
 * Finds documents through the {@code _id} index when a filter has further fields beside {@code _id}, as mongod does.
 * mongo-java-server uses an index only for filters that name exactly its fields, and scans the collection otherwise.
 */
final class IdLookup {

    private IdLookup() {}

    /** Where to look, or null when the filter does not narrow {@code _id}. */
    static <P> Iterable<P> positions(List<Index<P>> indexes, Document filter) {
        if (filter == null || filter.size() < 2 || !filter.containsKey("_id")) {
            return null;
        }
        Document byId = new Document("_id", filter.get("_id"));
        for (Index<P> index : indexes) {
            if (index.canHandle(byId)) {
                return index.getPositions(byId);
            }
        }
        return null;
    }
}
