namespace MedR1.Datasets;

/// <summary>The kinds of synthetic pictures. They imitate the geometry of medical pictures, not their look.</summary>
public enum PhantomFamily
{
    /// <summary>
    /// Horizontal layers with or without dark pockets, after optical coherence tomography of the retina.
    /// </summary>
    OctLayers,

    /// <summary>A coloured spot on skin, after dermoscopy.</summary>
    SkinLesion,

    /// <summary>An ellipse with or without a bright rim and one spot in it, after slices of a head.</summary>
    HeadSlice,

    /// <summary>One to four discs on a plain ground.</summary>
    Discs,

    /// <summary>Parallel stripes.</summary>
    Stripes,

    /// <summary>Small cells, bright on dark or dark on bright, after microscopy.</summary>
    Cells,

    /// <summary>A round field with a bright disc and perhaps a dark line, after photographs of the fundus.</summary>
    RoundField,
}
