"""How many calls without a session one address may send in a minute: counted by all fronts together where there is Redis, by each where
there is none."""
import time
import unittest

import redis_server
import support
from redis_server import RedisServer
from service import Service

MOST, FRONTS = 10, 2
SETTINGS = {"fronts": FRONTS, "logins_per_address": MOST}


def within_a_minute(act):
    """What `act` gives, done from beginning to end in one minute of the machine's monotonic clock, by which the fronts count."""
    while True:
        if time.monotonic() % 60 > 30:
            time.sleep(60 - time.monotonic() % 60)
        minute = time.monotonic() // 60
        result = act()
        if time.monotonic() // 60 == minute:
            return result


class Logins(support.TestCase):
    def refusals(self, service, count=40):
        """Of so many wrong logins, each on a connection of its own: which front takes it is chance."""
        return within_a_minute(lambda: [service.call("AuthService/Login", email="x@example.nl", password="wrong wrong wrong").refusal["code"]
                                        for _ in range(count)])

    def check(self, service, most):
        refusals = self.refusals(service)
        stopped = [refusal for refusal in refusals if refusal == "too_many"]  # by the front; the vault slows down in its own words
        admitted = len(refusals) - len(stopped)
        self.assertGreaterEqual(admitted, MOST)
        self.assertLessEqual(admitted, most)
        self.assertNotIn("too_many", refusals[:MOST])
        self.assertEqual(refusals[-1], "too_many")
        service.wait_until(lambda: service.metrics()["stagematch_front_logins_refused_total"] >= len(stopped),
                           "the number of those that were stopped")
        self.assertEqual(service.get("/stagematch.v1.CatalogService/ListReasons?encoding=json&message=%7B%7D&connect=v1").status, 200)

    def test_each_front_counts_where_there_is_no_redis(self):
        with Service(settings=SETTINGS) as service:
            self.check(service, FRONTS * MOST)

    @unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
    def test_the_fronts_count_together(self):
        with RedisServer() as redis, Service(settings={**SETTINGS, "redis": redis.address}) as service:
            service.wait_until(lambda: service.metrics()["stagematch_redis_up"] == FRONTS, "both fronts connected")
            self.check(service, MOST + FRONTS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
