namespace MedR1.Datasets;

/// <summary>The kinds of synthetic images. They imitate the geometry of medical images, not their appearance.</summary>
public enum PhantomFamily
{
    /// <summary>Horizontal layers with or without dark pockets, modelled on optical coherence tomography of the retina.</summary>
    OctLayers,

    /// <summary>A colored spot on skin, modelled on dermoscopy.</summary>
    SkinLesion,

    /// <summary>An ellipse with or without a bright rim and one spot in it, modelled on slices of a head.</summary>
    HeadSlice,

    /// <summary>One to four discs on a plain background.</summary>
    Discs,

    /// <summary>Parallel stripes.</summary>
    Stripes,

    /// <summary>Small cells, bright on dark or dark on bright, modelled on microscopy.</summary>
    Cells,

    /// <summary>A round field with a bright disc and possibly a dark line, modelled on photographs of the fundus.</summary>
    RoundField,
}
