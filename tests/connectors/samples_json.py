"""Small JSON sources, written by hand; all speak of 2026-03-02 near 48.69, 6.18."""

from __future__ import annotations

RECORDS = b"""{
  "locations": [{
    "latitudeE7": 486921000,
    "longitudeE7": 61844000,
    "accuracy": 22,
    "altitude": 212,
    "velocity": 4,
    "heading": 90,
    "activity": [{"activity": [{"type": "IN_VEHICLE", "confidence": 97}], "timestampMs": "1"}],
    "source": "WIFI",
    "deviceTag": -1577391334,
    "timestamp": "2026-03-02T07:30:00.500Z"
  }, {
    "latitudeE7": 486930000,
    "longitudeE7": 61850000,
    "deviceTag": 184728372,
    "timestampMs": "1772436610000"
  }, {
    "latitudeE7": 486939000,
    "longitudeE7": 61856000,
    "deviceTag": -1577391334,
    "timestamp": "2026-03-02T07:30:20Z"
  }]
}
"""

SEMANTIC = b"""{"timelineObjects": [{"activitySegment": {
  "startLocation": {"latitudeE7": 486921000, "longitudeE7": 61844000},
  "duration": {"startTimestamp": "2026-03-02T07:30:00Z", "endTimestampMs": "1772437200000"},
  "activityType": "IN_BUS", "distance": 900,
  "waypointPath": {"waypoints": [{"latE7": 486922000, "lngE7": 61845000}]},
  "simplifiedRawPath": {"points": [
    {"latE7": 486930000, "lngE7": 61850000, "timestampMs": "1772436610000", "accuracyMeters": 9},
    {"latE7": 486939000, "lngE7": 61856000, "timestamp": "2026-03-02T07:30:20Z"}]}}},
 {"placeVisit": {
  "location": {"latitudeE7": 486939000, "longitudeE7": 61856000, "name": "Chez Anne",
   "address": "1 rue Stanislas", "semanticType": "TYPE_WORK"},
  "duration": {"startTimestamp": "2026-03-02T07:40:00Z", "endTimestamp": "2026-03-02T08:40:00Z"}}}]}
"""

ANDROID = """{"semanticSegments": [
 {"startTime": "2026-03-02T08:00:00.000+01:00", "endTime": "2026-03-02T10:00:00.000+01:00",
  "timelinePath": [
   {"point": "48.6921000°, 6.1844000°", "time": "2026-03-02T08:30:00.000+01:00"},
   {"point": "48.6930000°, 6.1850000°", "time": "2026-03-02T08:31:00.000+01:00"}]},
 {"startTime": "2026-03-02T08:30:00.000+01:00", "endTime": "2026-03-02T08:40:00.000+01:00",
  "startTimeTimezoneUtcOffsetMinutes": 60, "endTimeTimezoneUtcOffsetMinutes": 60,
  "activity": {"start": {"latLng": "48.6921000°, 6.1844000°"},
   "end": {"latLng": "48.6930000°, 6.1850000°"}, "distanceMeters": 110.5,
   "topCandidate": {"type": "IN_PASSENGER_VEHICLE", "probability": 0.5}}},
 {"startTime": "2026-03-02T08:40:00.000+01:00", "endTime": "2026-03-02T09:40:00.000+01:00",
  "visit": {"hierarchyLevel": 0, "topCandidate": {"placeId": "ChIJ", "semanticType": "HOME",
   "placeLocation": {"latLng": "48.6930000°, 6.1850000°"}}}},
 {"startTime": "2026-03-02T08:40:00.000+01:00", "timelineMemory": {"trip": {}}}],
 "rawSignals": [
  {"position": {"LatLng": "48.6939000°, 6.1856000°", "accuracyMeters": 12,
   "altitudeMeters": 212.5, "source": "GPS", "timestamp": "2026-03-02T08:30:30.000+01:00",
   "speedMetersPerSecond": 4.5}},
  {"activityRecord": {"probableActivities": []}}, {"wifiScan": {}}],
 "userLocationProfile": {"frequentPlaces": [{"placeId": "x"}]}}
""".encode()

IPHONE = b"""[
 {"endTime": "2026-03-02T10:00:00.000+01:00", "startTime": "2026-03-02T08:00:00.000+01:00",
  "timelinePath": [
   {"point": "geo:48.692100,6.184400", "durationMinutesOffsetFromStartTime": "30"},
   {"point": "geo:48.693000,6.185000", "durationMinutesOffsetFromStartTime": "31.5"}]},
 {"endTime": "2026-03-02T08:40:00.000+01:00", "startTime": "2026-03-02T08:30:00.000+01:00",
  "activity": {"start": "geo:48.692100,6.184400", "end": "geo:48.693000,6.185000",
   "distanceMeters": "110.500000",
   "topCandidate": {"type": "in passenger vehicle", "probability": "0.5"}}},
 {"endTime": "2026-03-02T09:40:00.000+01:00", "startTime": "2026-03-02T08:40:00.000+01:00",
  "visit": {"hierarchyLevel": "0", "topCandidate": {"placeID": "ChIJ", "name": "Chez Anne",
   "placeLocation": "geo:48.693000,6.185000", "probability": "0.9"}}}]
"""

OPENPATH = b"""[
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/filtered_location",
  "time_zone": "Europe/Paris"}, "data": {"latitude": 48.6921, "longitude": 6.1844,
  "ts": 1772436600.5, "accuracy": 8.5, "altitude": 212, "sensed_speed": 4.5, "heading": -1}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/location"},
  "data": {"latitude": 48.6921, "longitude": 6.1844, "ts": 1772436600.5, "accuracy": 8.5,
  "altitude": 212, "sensed_speed": 4.5, "heading": -1}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/location"},
  "data": {"latitude": 48.6930, "longitude": 6.1850, "ts": 1772436610, "sensed_speed": -1}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/motion_activity"},
  "data": {"type": 7, "confidence": 90, "ts": 1772436600}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/motion_activity"},
  "data": {"type": 7, "confidence": 90, "ts": 1772436630}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "analysis/inferred_section"},
  "data": {"sensed_mode": 5, "start_ts": 1772436600, "end_ts": 1772436660}},
 {"user_id": {"$uuid": "u1"}, "metadata": {"key": "background/battery"}, "data": {"ts": 1}}]
"""

COACHCO2 = b"""{"_id": "1", "captureDevice": "phone", "startDate": "2026-03-02T08:30:00+01:00",
 "series": [{"type": "FeatureCollection", "properties": {"start_fmt_time": "x"}, "features": [
  {"type": "Feature", "properties": {"feature_type": "start_place", "display_name": "Chez Anne"},
   "geometry": {"type": "Point", "coordinates": [6.1844, 48.6921]}},
  {"type": "FeatureCollection", "features": [{"type": "Feature",
   "properties": {"sensed_mode": "PredictedModeTypes.BICYCLING", "speeds": [0, 4.5],
    "timestamps": [1772436600000, 1772436610000]},
   "geometry": {"type": "LineString", "coordinates": [[6.1844, 48.6921], [6.1850, 48.6930]]}}]}]}]}
"""

ARC = b"""{"timelineItems": [
 {"itemId": "A", "isVisit": false, "activityType": "cycling", "startDate": "2026-03-02T07:30:00Z",
  "endDate": "2026-03-02T07:40:00Z", "samples": [
  {"date": "2026-03-02T07:30:00Z", "secondsFromGMT": 3600, "movingState": "moving",
   "location": {"latitude": 48.6921, "longitude": 6.1844, "altitude": 212.5,
   "horizontalAccuracy": 8.25, "speed": 4.5, "course": 90, "timestamp": "2026-03-02T07:30:01Z"}},
  {"date": "2026-03-02T07:30:10Z", "location": {"latitude": 48.6930, "longitude": 6.1850,
   "speed": -1, "course": -1}},
  {"date": "2026-03-02T07:30:20Z", "movingState": "uncertain"}]},
 {"itemId": "B", "isVisit": true, "startDate": "2026-03-02T07:40:00Z",
  "endDate": "2026-03-02T08:40:00Z", "place": {"name": "Chez Anne"}, "samples": []}]}
"""

POLARSTEPS = b"""{"locations": [
 {"lat": 48.6921, "lon": 6.1844, "time": 1772436600.5},
 {"lat": 48.6930, "lon": 6.1850, "time": "2026-03-02T07:30:10.000Z"}]}
"""
