#pragma once
// dlib without BLAS and LAPACK, whatever its package was built with: the detector's filters must come out of dlib's own
// decomposition, as in the Python package, and no further library need be linked.
#include <dlib/assert.h>
#include <dlib/test_for_odr_violations.h>
#undef DLIB_USE_BLAS
#undef DLIB_USE_LAPACK
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_processing/shape_predictor.h>
