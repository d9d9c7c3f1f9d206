namespace NoraPipelines.Images;

/// <summary>How much of each file a check looks at.</summary>
public enum ImageCheckDepth
{
    /// <summary>Whether it is there; it is not opened.</summary>
    Present,

    /// <summary>Its header: what it is, and how large. Finds all but damage within.</summary>
    Header,

    /// <summary>All of it: each picture is decoded once.</summary>
    Whole,
}
